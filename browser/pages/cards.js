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
 * Return the cards of the site, each still with its length in front.
 *
 * @param {Uint8Array} data `length 4 · card` for each
 */
export function apart(data) {
  const found = [];
  for (let at = 0; at + 4 <= data.length; ) {
    const start = at;
    at += 4 + readFour(data, at);
    found.push(data.slice(start, at));
  }
  return found;
}

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
  for (const one of apart(data)) {
    try {
      const card = readCard(one.slice(4), siteId, today);
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
