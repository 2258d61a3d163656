/**
 * X25519: the multiplication on Curve25519 that keys are agreed with.
 *
 * Written out, step by step as RFC 7748 has it, because the library for Ed25519 has none and the
 * one that has both weighs more than all of our own code. Invariant: the steps and their order
 * do not depend on the secret; how long numbers of this language take is not ours to say.
 */

import { etc } from "@noble/ed25519";

import { hex, unhex } from "./bytes.js";

const P = 2n ** 255n - 19n;
const A24 = 121665n;

/**
 * Read a number little-endian.
 * @param {Uint8Array} data
 */
export const littleEndian = (data) => BigInt(`0x${hex(data.slice().reverse())}`);

/**
 * Multiply a point by a secret: 32 raw bytes. Throws for a point of small order, whose multiple
 * is the point at infinity, which has no coordinate. Source: RFC 7748, section 5.
 * @param {Uint8Array} secret 32 raw bytes
 * @param {Uint8Array} point its coordinate, 32 raw bytes; the top bit does not count
 */
export function multiply(secret, point) {
  const scalar = Uint8Array.from(secret);
  scalar[0] &= 248;
  scalar[31] = (scalar[31] & 127) | 64;
  const k = littleEndian(scalar);
  const x1 = BigInt.asUintN(255, littleEndian(point));
  let [x2, z2, x3, z3, before] = [1n, 0n, x1, 1n, 0n];

  /** @param {bigint} bit 1 swaps the two points, 0 does the same work and leaves them */
  const swap = (bit) => {
    const [x, z] = [bit * (x2 - x3), bit * (z2 - z3)];
    [x2, x3, z2, z3] = [x2 - x, x3 + x, z2 - z, z3 + z];
  };

  for (let t = 254n; t >= 0n; t--) {
    const bit = (k >> t) & 1n;
    swap(before ^ bit);
    before = bit;
    const [a, b, c, d] = [x2 + z2, x2 - z2, x3 + z3, x3 - z3];
    const [aa, bb, da, cb] = [(a * a) % P, (b * b) % P, (d * a) % P, (c * b) % P];
    const e = aa - bb;
    x3 = (da + cb) ** 2n % P;
    z3 = (x1 * ((da - cb) ** 2n % P)) % P;
    x2 = (aa * bb) % P;
    z2 = (e * (aa + A24 * e)) % P;
  }
  swap(before);
  const found = etc.mod(x2 * etc.invert(etc.mod(z2, P), P), P);
  const written = found.toString(16).padStart(64, "0");
  return /** @type {Uint8Array<ArrayBuffer>} */ (unhex(written)).reverse();
}
