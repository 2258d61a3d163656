/**
 * An answer's body, read as far as it may be long: a server that goes on for ever fills no
 * memory.
 *
 * @module
 */

/**
 * Read a body; null, and nothing more is taken of it, when it is longer than it may be.
 *
 * @param {Response} response
 * @param {number} most bytes, after decompression
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function readAtMost(response, most) {
  const reader = response.body?.getReader();
  const parts = [];
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      // Nobody waits for this: a stream may never say that it ended.
      reader.cancel().catch(() => {});
      return null;
    }
    parts.push(value);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
