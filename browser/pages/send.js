/**
 * The only module that posts: sealed bytes to this very site, and the bytes of its answers.
 *
 * @module
 */

import { readAnswer } from "../protocol/handed_in.js";
import { readAtMost } from "./bounded.js";

const PATIENCE_MS = 120_000;
const ANSWER_BYTES = 6;

/**
 * An answer: its code, null when there was none that can be understood; and after how many
 * seconds to try again, when it says so.
 *
 * @typedef {{ code: number | null, wait: number | null }} Answer
 */

/**
 * What came back: its bytes, their type, and after how many seconds to try again.
 *
 * @typedef {{ body: Uint8Array<ArrayBuffer>, type: string | null, wait: number | null }} Received
 */

/**
 * @param {string} path
 * @param {number} most bytes that an answer may have
 * @param {RequestInit} what
 * @returns {Promise<Received | null>}
 */
async function ask(path, most, what) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      ...what,
      cache: "no-store",
      credentials: "omit",
      mode: "same-origin",
      redirect: "error",
      signal: patience.signal,
    });
    const body = await readAtMost(response, most);
    if (!body) return null;
    const wait = Number(response.headers.get("Retry-After")) || null;
    return { body, type: response.headers.get("Content-Type"), wait };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Post bytes; null when the line broke, or the answer is longer than it may be.
 *
 * @param {string} path
 * @param {Uint8Array} bytes
 * @param {number} most bytes of an answer
 */
export const post = (path, bytes, most) =>
  ask(path, most, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: /** @type {Uint8Array<ArrayBuffer>} */ (bytes),
  });

/**
 * Fetch bytes; null when the line broke, or there are more than there may be.
 *
 * @param {string} path
 * @param {number} most bytes
 */
export const get = (path, most) => ask(path, most, {});

/**
 * Hand sealed bytes in. Every repeat is safe: the server knows the same bytes again.
 *
 * @param {string} path
 * @param {Uint8Array} bytes
 * @returns {Promise<Answer>}
 */
export async function handIn(path, bytes) {
  const answer = await post(path, bytes, ANSWER_BYTES);
  return { code: answer && readAnswer(answer.body), wait: answer?.wait ?? null };
}

/**
 * Hand in a report.
 *
 * @param {Uint8Array} bytes
 */
export const sendReport = (bytes) => handIn("/sealed/report", bytes);
