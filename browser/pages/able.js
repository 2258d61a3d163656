/**
 * Whether this browser can lock and open: else the page stays in the server's hands, and says so.
 *
 * @module
 */

import { hex } from "../protocol/bytes.js";
import { digest } from "../protocol/hashing.js";

const KNOWN = "e70352cc1b7af6581de32b24a4c78e7ddc991e1a2394110f40a4800f561725d9";

/**
 * Tell whether all that is needed is there, and one known answer comes out right.
 *
 * @param {readonly string[]} templates ids of the templates that the page must hold
 */
export function isAble(templates) {
  try {
    return (
      typeof BigInt === "function" &&
      typeof fetch === "function" &&
      typeof AbortController === "function" &&
      typeof document.body.replaceChildren === "function" &&
      crypto.getRandomValues(new Uint8Array(1)).length === 1 &&
      templates.every((id) => document.querySelector(`template#${id}`)) &&
      hex(digest("lookup", new Uint8Array(32))) === KNOWN
    );
  } catch {
    return false;
  }
}
