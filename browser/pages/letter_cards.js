/**
 * The cards inside the offline letter: which of them this device can lock to today.
 *
 * Invariants: one card that is not in order, and none is used: then somebody changed the file.
 * Only this device's clock tells the day; there is nobody else to ask.
 *
 * @module
 */

import { intakeKey } from "../protocol/channel_card.js";
import { Refused } from "../protocol/errors.js";
import { readers } from "../reporter/sealing.js";
import { believe } from "./trust.js";

/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/** @typedef {{ place: HTMLElement, card: ChannelCard }} Found a card, and where it stands */
/**
 * What is in the letter: cards to lock to, and how many have expired; or why there is none.
 *
 * @typedef {{ found: Found[], old: number, refused: "" | "Altered" | "Old" | "Early" }} Cards
 */

/** @type {Record<string, "Old" | "Early">} */
const BY_DAY = { CardExpired: "Old", CardLivesTooLong: "Early", NoReader: "Early" };

/**
 * @param {HTMLElement} place
 * @param {string} today
 * @returns {Found | "Altered" | "Old" | "Early"}
 */
function look(place, today) {
  try {
    const card = believe(place, today);
    readers(card, [], today);
    return { place, card };
  } catch (error) {
    if (error instanceof Refused) return BY_DAY[error.reason] ?? "Altered";
    throw error;
  }
}

/**
 * Read every card of the letter.
 *
 * @param {ParentNode} root
 * @param {string} today
 * @returns {Cards}
 */
export function readCards(root, today) {
  const places = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-card]")]);
  const all = places.map((place) => look(place, today));
  /** @type {Found[]} */
  const found = all.flatMap((one) => (typeof one === "string" ? [] : one));
  const old = all.filter((one) => one === "Old").length;
  if (all.includes("Altered")) return { found: [], old, refused: "Altered" };
  if (found.length) return { found, old, refused: "" };
  return { found, old, refused: old ? "Old" : "Early" };
}

/**
 * Return the last day on which all whom a letter of today is locked to are sure to have its key.
 *
 * @param {ChannelCard} card
 * @param {Uint8Array[]} excluded handler ids
 * @param {string} today
 */
export function bestBefore(card, excluded, today) {
  const used = readers(card, excluded, today).map(({ handlerId }) => handlerId);
  const ends = card.handlers
    .filter((handler) => used.includes(handler.handlerId))
    .map((handler) => {
      const key = intakeKey(handler, today);
      return handler.intakeKeys.find(({ xPk }) => xPk === key)?.lastDay ?? today;
    });
  return [card.expires, ...ends].sort()[0];
}
