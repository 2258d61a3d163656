/** Padding that hides a payload's length in a handful of sizes. */

import { concat } from "./bytes.js";
import { refuse } from "./errors.js";

const KIB = 1024;

/** Sizes of a padded report or message, bytes. */
export const LETTER_SIZES = [4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB];

/** Sizes of a padded reply, bytes. */
export const REPLY_SIZES = [4 * KIB, 8 * KIB, 16 * KIB];

/** Sizes of a padded memo, bytes. */
export const MEMO_SIZES = [512];

/**
 * Return the one size that content of this length is padded to, or nothing.
 * @param {number} length
 * @param {number[]} sizes
 */
const sizeFor = (length, sizes) => sizes.find((size) => length < size);

/**
 * Pad content to the smallest of the sizes that is larger; refuses with FieldTooLong what fits
 * in none. Source: ISO/IEC 7816-4, as libsodium's sodium_pad.
 * @param {Uint8Array} content
 * @param {number[]} sizes
 */
export function pad(content, sizes) {
  const size = sizeFor(content.length, sizes) ?? refuse("FieldTooLong");
  return concat(content, Uint8Array.of(0x80), new Uint8Array(size - content.length - 1));
}

/**
 * Take the padding off; refuses with MalformedPayload.
 *
 * One content has one padded form: otherwise a reader, who knows the content key, could make a
 * second envelope with another id out of what somebody else signed.
 * @param {Uint8Array} padded
 * @param {number[]} sizes
 */
export function unpad(padded, sizes) {
  let end = padded.length - 1;
  while (end >= 0 && !padded[end]) end--;
  // Padding that is not whole, also of nothing at all, has no mark at its end.
  if (padded[end] != 0x80 || sizeFor(end, sizes) != padded.length) refuse("MalformedPayload");
  return padded.subarray(0, end);
}
