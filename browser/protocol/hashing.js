/** The one hash of the protocol: BLAKE2b-256 with a purpose and framed fields. */

import { blake2b } from "@noble/hashes/blake2.js";

import { concat, four, utf8 } from "./bytes.js";

/**
 * Join fields, each behind its length in 4 bytes big-endian. No two different lists of fields
 * give the same bytes.
 * @param {Uint8Array[]} fields
 */
export const frame = (fields) => concat(...fields.flatMap((field) => [four(field.length), field]));

/**
 * Hash fields for a purpose: 32 raw bytes.
 * Source: BLAKE2 with personalisation, RFC 7693 and the BLAKE2 paper, section 2.8.
 * @param {string} purpose at most 12 ASCII characters, one of the names in docs/protocol.md
 * @param {...Uint8Array} fields
 */
export const digest = (purpose, ...fields) =>
  blake2b(frame(fields), { dkLen: 32, personalization: utf8(`mk1 ${purpose}`.padEnd(16, "\0")) });
