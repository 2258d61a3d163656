/**
 * What is derived from a reply code, and how keys and channels are named.
 *
 * Invariants: the token only finds a mailbox; the mailbox's own keys depend on the site and the
 * channel too, so another channel's reply cannot open; a mailbox's id binds its keys.
 */

import * as box from "./box.js";
import { hex } from "./bytes.js";
import { digest } from "./hashing.js";
import * as signing from "./sign.js";

/**
 * The keys of one mailbox, as the holder of its reply code derives them: 32 raw bytes each,
 * the site's id 16.
 * @typedef {{
 *   siteId: Uint8Array, channelPk: Uint8Array, mailboxId: Uint8Array,
 *   edSeed: Uint8Array, edPk: Uint8Array, xSk: Uint8Array, xPk: Uint8Array,
 * }} ReporterKeys
 */

/**
 * Return the 32-byte token that reads the mailbox of a reply code's 16-byte key.
 * @param {Uint8Array} siteId
 * @param {Uint8Array} key
 */
export const token = (siteId, key) => digest("token", siteId, key);

/**
 * Return the 32 bytes that the server stores for a token.
 * @param {Uint8Array} mailboxToken
 */
export const lookup = (mailboxToken) => digest("lookup", mailboxToken);

/**
 * Return the 32-byte id that binds a mailbox to its site, channel and keys.
 * @param {Uint8Array} siteId
 * @param {Uint8Array} channelPk
 * @param {Uint8Array} edPk
 * @param {Uint8Array} xPk
 */
export const mailboxId = (siteId, channelPk, edPk, xPk) =>
  digest("mailbox", siteId, channelPk, edPk, xPk);

/**
 * Derive a mailbox's keys from a reply code's 16-byte key.
 * @param {Uint8Array} siteId
 * @param {Uint8Array} channelPk
 * @param {Uint8Array} key
 * @returns {ReporterKeys}
 */
export function reporterKeys(siteId, channelPk, key) {
  const xSk = digest("reply key", siteId, channelPk, key);
  const edSeed = digest("signing key", siteId, channelPk, key);
  const edPk = signing.publicKey(edSeed);
  const xPk = box.publicKey(xSk);
  const ownId = mailboxId(siteId, channelPk, edPk, xPk);
  return { siteId, channelPk, mailboxId: ownId, edSeed, edPk, xSk, xPk };
}

/**
 * Return the 8 bytes by which a handler's signing key is named.
 * @param {Uint8Array} edPk
 */
export const handlerId = (edPk) => digest("handler", edPk).slice(0, 8);

/**
 * Return a channel's fingerprint: 25 characters of base32 (125 bits) in groups of five.
 * Source: RFC 4648, section 6.
 * @param {Uint8Array} siteId
 * @param {Uint8Array} channelPk
 */
export function fingerprint(siteId, channelPk) {
  const bits = BigInt(`0x${hex(digest("fingerprint", siteId, channelPk))}`) >> 131n;
  return bits
    .toString(32)
    .padStart(25, "0")
    .replace(/./g, (digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(digit, 32)])
    .replace(/.{5}(?=.)/g, "$& ");
}

/**
 * Return what the square with a channel's whole key says.
 * @param {Uint8Array} channelPk
 */
export const inSquare = (channelPk) => `MELDKLUIS:${hex(channelPk).toUpperCase()}`;
