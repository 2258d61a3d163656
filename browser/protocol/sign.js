/**
 * Ed25519 signatures, each tied to one purpose and one direction.
 *
 * Invariant: a signature made for one purpose never verifies for another, because the
 * purpose's name opens the signed bytes. Verification is libsodium's strict one: canonical
 * scalars, no small-order points, the cofactorless equation.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { concat, equal, hex, utf8 } from "./bytes.js";
import { refuse } from "./errors.js";
import { frame } from "./hashing.js";

/** What this program signs or checks, and from whom to whom it travels. */
export const Purpose = {
  REPORT: "reporter-to-handler report",
  MESSAGE: "reporter-to-handler message",
  COMMAND: "reporter-to-all command",
  MEMO: "reporter-to-reporter memo",
  REPLY: "handler-to-reporter reply",
  CARD: "channel-to-all card",
  CERTIFICATE: "channel-to-all handler certificate",
  INTAKE: "handler-to-all intake key",
};

const { Point } = ed25519;

/** Purposes of what is public: a card, and what stands on it. */
const PUBLIC = [Purpose.CARD, Purpose.CERTIFICATE, Purpose.INTAKE];

/**
 * Hashes of the public signatures that held: what holds once holds for ever, and cards come
 * again and again. Nothing of a letter is ever noted.
 * @type {Set<string>}
 */
const held = new Set();

/**
 * @param {string} purpose
 * @param {Uint8Array[]} fields
 */
const signed = (purpose, fields) => frame([utf8(`meldkluis 1 ${purpose}`), ...fields]);

/** @param {Uint8Array} seed 32 raw bytes */
export const publicKey = (seed) => ed25519.getPublicKey(seed);

/**
 * Sign fields for a purpose: 64 raw bytes. Source: RFC 8032, section 5.1 (Ed25519).
 * @param {string} purpose
 * @param {Uint8Array} seed 32 raw bytes
 * @param {...Uint8Array} fields
 */
export const sign = (purpose, seed, ...fields) => ed25519.sign(signed(purpose, fields), seed);

/**
 * Read a number little-endian.
 * @param {Uint8Array} data
 */
const number = (data) => BigInt(`0x${hex(data.slice().reverse())}`);

/**
 * Check a signature; refuses with BadSignature.
 *
 * The library's own check multiplies by the cofactor, so the equation is written out here.
 * The written form of sB − hA is canonical, so comparing bytes refuses every other form of R.
 * Source: libsodium, crypto_sign/ed25519/ref10/open.c.
 * @param {string} purpose what it must have been made for
 * @param {Uint8Array} edPk the signer's key, 32 raw bytes
 * @param {Uint8Array} signature 64 raw bytes
 * @param {...Uint8Array} fields what was signed
 */
export function verify(purpose, edPk, signature, ...fields) {
  const message = signed(purpose, fields);
  const isPublic = PUBLIC.includes(purpose);
  const name = isPublic ? hex(sha512(frame([edPk, signature, message]))) : "";
  if (held.has(name)) return;
  if (!holds(edPk, signature, message)) refuse("BadSignature");
  if (isPublic) held.add(name);
}

/**
 * @param {Uint8Array} edPk
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 */
function holds(edPk, signature, message) {
  if (signature.length != 64 || edPk.length != 32) return false;
  const [r, s] = [signature.subarray(0, 32), number(signature.subarray(32))];
  if (s >= Point.Fn.ORDER) return false;
  let key;
  try {
    key = Point.fromBytes(edPk); // refuses coordinates that are not reduced
  } catch {
    return false;
  }
  const h = number(sha512(concat(r, edPk, message))) % Point.Fn.ORDER;
  const found = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(h));
  return !key.isSmallOrder() && !found.isSmallOrder() && equal(found.toBytes(), r);
}
