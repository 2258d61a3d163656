/**
 * The site's channel cards, as this page believes them.
 *
 * Invariant: a card is believed only whole, and never in a lower version than one seen before
 * on this page; the others stay good when one is refused.
 *
 * @module
 */

import { hex, readFour } from "../protocol/bytes.js";
import { readCard } from "../protocol/channel_card.js";
import { Refused, refuse } from "../protocol/errors.js";

/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/**
 * The site's cards that this page believes, by channel; whether one of them was refused.
 *
 * @typedef {{ cards: Map<string, ChannelCard>, refused: boolean }} Cards
 */

/** @type {Map<string, number>} the highest version of each channel's card seen on this page */
const versions = new Map();

/**
 * Read the cards of the site: each is believed by itself, whole or not at all.
 *
 * @param {Uint8Array} data `length 4 · card` for each
 * @param {Uint8Array} siteId
 * @param {string} today
 * @returns {Cards}
 */
export function readCards(data, siteId, today) {
  const found = { cards: new Map(), refused: false };
  for (let at = 0; at + 4 <= data.length; ) {
    const start = at + 4;
    at = start + readFour(data, at);
    try {
      const card = readCard(data.slice(start, at), siteId, today);
      const name = hex(card.channelPk);
      if (card.version < (versions.get(name) ?? 0)) refuse("CardRolledBack");
      versions.set(name, card.version);
      found.cards.set(name, card);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      found.refused = true;
    }
  }
  return found;
}
