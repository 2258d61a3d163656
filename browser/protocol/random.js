/**
 * The one source of randomness of this program.
 *
 * Invariant: the protocol draws from nowhere else, so that a test can put its own in place.
 */

export const source = {
  /** @param {Uint8Array<ArrayBuffer>} bytes are filled */
  fill(bytes) {
    crypto.getRandomValues(bytes);
  },
};

/**
 * Return `size` fresh random bytes. Source: Web Cryptography API, getRandomValues.
 * @param {number} size at most 65,536
 */
export function random(size) {
  const bytes = new Uint8Array(size);
  source.fill(bytes);
  return bytes;
}
