/**
 * Signed documents: cards and certificates share one container.
 *
 * Layout: `magic 4 · version 1 · body length 4 · body (JSON object) · signature 64`.
 * The signature covers the body's bytes as they stand, so nothing is re-encoded.
 */

import { equal, readFour, utf8 } from "./bytes.js";
import { refuse } from "./errors.js";
import { fields } from "./fields.js";

export const MALFORMED = "MalformedCard";

/**
 * Take a document apart, its signature unchecked; refuses with MalformedCard or UnknownVersion.
 * @param {string} magic
 * @param {Uint8Array} data
 */
export function read(magic, data) {
  if (data.length < 73 || data.length > 65536 || !equal(data.subarray(0, 4), utf8(magic)))
    refuse(MALFORMED);
  if (data[4] != 1) refuse("UnknownVersion");
  const end = 9 + readFour(data, 5);
  if (end + 64 != data.length) refuse(MALFORMED);
  const body = data.subarray(9, end);
  return { body, signature: data.subarray(end), fields: fields(body, MALFORMED) };
}
