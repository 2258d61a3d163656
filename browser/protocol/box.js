/** X25519 keys and libsodium's sealed boxes. */

import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { u32 } from "@noble/ciphers/utils.js";
import { blake2b } from "@noble/hashes/blake2.js";

import { concat, hex, utf8 } from "./bytes.js";
import { refuse } from "./errors.js";
import { digest } from "./hashing.js";
import { random } from "./random.js";
import { multiply } from "./x25519.js";

/**
 * A reader's own X25519 key, 32 raw bytes each.
 * @typedef {{ secret: Uint8Array, public: Uint8Array }} KeyPair
 */

/**
 * Every coordinate, the unused top bit aside, whose point is of small order, on the curve or
 * its twist: 0, 1, the two of order 8, p − 1, and 0 and 1 written as p and p + 1.
 * Source: libsodium, x25519_ref10.c, has_small_order.
 */
const SMALL_ORDER = new RegExp(
  "^(0[01](00){31}|e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800|" +
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157|e[cde](ff){30}7f)$",
);

const BASE = Uint8Array.of(9, ...new Uint8Array(31));

/**
 * Return the public key of a secret (the scalar itself, not hashed).
 * @param {Uint8Array} secret 32 raw bytes
 */
export const publicKey = (secret) => multiply(secret, BASE);

/**
 * Refuse, with WeakKey, a public key with which every secret gives the same, known result.
 * Source: RFC 7748, section 6.1 (the all-zero check); libsodium refuses by the same list.
 * @param {Uint8Array} xPk
 */
export function checkPublic(xPk) {
  const plain = Uint8Array.from(xPk);
  plain[31] &= 0x7f;
  if (plain.length != 32 || SMALL_ORDER.test(hex(plain))) refuse("WeakKey");
}

/**
 * Return the 16 bytes by which a slot names its recipient.
 * @param {Uint8Array} xPk
 */
export const keyId = (xPk) => digest("recipient", xPk).slice(0, 16);

/**
 * Return the cipher between two keys. Source: libsodium, "Sealed boxes" (crypto_box_seal): the
 * nonce is BLAKE2b of both public keys, the key is HSalsa20 of the shared secret.
 * @param {Uint8Array} secret of one side
 * @param {Uint8Array} other public key of the other side
 * @param {Uint8Array} ephemeral
 * @param {Uint8Array} recipient
 */
function cipher(secret, other, ephemeral, recipient) {
  const key = new Uint8Array(32);
  const shared = multiply(secret, other);
  const sigma = Uint8Array.from(utf8("expand 32-byte k"));
  hsalsa(u32(sigma), u32(shared), new Uint32Array(4), u32(key));
  return xsalsa20poly1305(key, blake2b(concat(ephemeral, recipient), { dkLen: 24 }));
}

/**
 * Seal content to a public key: 48 bytes longer, readable by the secret's holder alone.
 * Refuses with WeakKey a point of small order.
 * @param {Uint8Array} content
 * @param {Uint8Array} xPk
 */
export function seal(content, xPk) {
  checkPublic(xPk);
  const secret = random(32);
  const ephemeral = publicKey(secret);
  return concat(ephemeral, cipher(secret, xPk, ephemeral, xPk).encrypt(content));
}

/**
 * Open a sealed box with one's own key; refuses with SlotDoesNotOpen what was tampered with or
 * sealed to another key.
 * @param {Uint8Array} sealed
 * @param {KeyPair} own
 */
export function openSealed(sealed, own) {
  const ephemeral = sealed.subarray(0, 32);
  try {
    return cipher(own.secret, ephemeral, ephemeral, own.public).decrypt(sealed.subarray(32));
  } catch {
    return refuse("SlotDoesNotOpen");
  }
}
