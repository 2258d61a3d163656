/** Bytes as values: joined, compared, and as text. Python has these built in. */

import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";

export { bytesToHex as hex, concatBytes as concat };

const encoder = new TextEncoder();

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/**
 * Read UTF-8 strictly; a byte order mark is text.
 * @param {Uint8Array} data
 * @returns {string | null} null for bytes that are none
 */
export function fromUtf8(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return null;
  }
}

/**
 * Read an even number of lower-case hexadecimals, and nothing else.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
export function unhex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/**
 * Write a number big-endian in 4 bytes.
 * @param {number} value
 */
export const four = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

/**
 * Read 4 bytes big-endian.
 * @param {Uint8Array} data
 * @param {number} at
 */
export const readFour = (data, at) =>
  new DataView(data.buffer, data.byteOffset).getUint32(at);

/**
 * Tell how two byte strings sort: below 0, 0 or above. Not for secrets.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function compare(one, other) {
  const [a, b] = [bytesToHex(one), bytesToHex(other)];
  return a < b ? -1 : +(a > b);
}

/**
 * Not for secrets.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export const equal = (one, other) => !compare(one, other);
