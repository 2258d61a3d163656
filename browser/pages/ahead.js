/**
 * What can be done before the reader presses: while the page has nothing else to do.
 *
 * Invariants: what is done ahead is the same for everybody and is done again at the press,
 * where nothing is taken for checked but a signature that held; it never fails the page, and
 * nothing of what was typed goes into it.
 *
 * @module
 */

import * as keys from "../protocol/keys.js";
import { random } from "../protocol/random.js";
import * as replyCode from "../protocol/reply_code.js";
import { sealMemo } from "../protocol/reporter.js";

/** Where a browser has no word for idle: so long after the step before. */
const PAUSE_MS = 200;

/** @typedef {() => unknown} Step */

/**
 * Do steps one after the other, each when the page is idle.
 *
 * @param {readonly Step[]} steps
 */
export function inIdle([step, ...rest]) {
  if (!step) return;
  const go = () => {
    try {
      step();
    } catch {
      // The press does the same again, and says what fails.
    }
    inIdle(rest);
  };
  if (typeof requestIdleCallback === "function") requestIdleCallback(go);
  else setTimeout(go, PAUSE_MS);
}

/** Lock something under a code that nobody has: the first time is the slowest. */
export function lockOnce() {
  const key = replyCode.newKey();
  const own = keys.reporterKeys(random(16), random(32), key);
  const memo = { day: "2000-01-01", recipients: [random(8)], excluded: [], hold: null };
  return { key, own, sealed: sealMemo(own, { ...memo, turn: 1, number: 1, answered: 0 }) };
}
