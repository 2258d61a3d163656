/**
 * Which card of a channel this page believes, and on which day.
 *
 * Invariants: a card is believed only whole, of the site and channel that the page began
 * with, and never in a lower version than one seen before. There is no memory across visits.
 *
 * @module
 */

import { equal, unhex } from "../protocol/bytes.js";
import { readCard } from "../protocol/channel_card.js";
import { CLOCK_TOLERANCE, addDays, daysBetween } from "../protocol/days.js";
import { Refused, refuse } from "../protocol/errors.js";

/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */

/** The device's day and the server's lie too far apart; `days` is how far. */
export class ClockWrong extends Refused {
  /**
   * @param {string} server
   * @param {string} device
   */
  constructor(server, device) {
    super("ClockWrong", { days: Math.abs(daysBetween(server, device)) });
    this.server = server;
    this.device = device;
  }
}

const deviceDay = () => new Date().toISOString().slice(0, 10);

/** @type {Map<string, ChannelCard>} */
const seen = new Map();
/** @type {Uint8Array | null} */
let site = null;

/**
 * Return a clock that starts at the server's day and goes on with the device.
 *
 * @param {string} server the day in the page, such as `2026-11-21`
 * @returns {() => string}
 * @throws {ClockWrong}
 */
export function clockFrom(server) {
  const device = deviceDay();
  const apart = Math.abs(daysBetween(server, device));
  // Not a number when the page's day is no day.
  if (!(apart <= CLOCK_TOLERANCE)) throw new ClockWrong(server, device);
  return () => addDays(server, Math.max(0, daysBetween(device, deviceDay())));
}

/** @param {string} text */
function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return refuse("MalformedCard");
  }
}

/**
 * Return the card that a form carries; throws what `readCard` refuses, and `ForeignCard` for
 * the card of another site or channel than this page began with.
 *
 * @param {HTMLElement} form
 * @param {string} today
 * @returns {ChannelCard}
 */
export function believe(form, today) {
  const { site: named = "", card: raw = "", slug = "" } = form.dataset;
  const siteId = unhex(named) ?? refuse("ForeignCard");
  site ??= siteId;
  const before = seen.get(slug);
  const card = readCard(fromBase64(raw), siteId, today, before?.version);
  const isOurs =
    equal(site, siteId) &&
    card.slug === slug &&
    (!before || equal(before.channelPk, card.channelPk));
  if (!isOurs) refuse("ForeignCard");
  seen.set(slug, card);
  return card;
}
