/**
 * What this page has seen of the opened mailbox, to notice a server that goes back in time.
 *
 * Invariant: only counts and ids of envelopes are noted, in memory; there is no memory across
 * visits, so that an old mailbox at the first opening is not noticed here.
 *
 * @module
 */

import { hex } from "../protocol/bytes.js";

/** @typedef {import("../reporter/letters.js").OpenMailbox} OpenMailbox */

export class Seen {
  turn = 0;
  number = 0;
  /** @type {string[]} ids of the replies, newest first */
  replies = [];

  /**
   * Note what was sent and stored: a later answer must know of it.
   *
   * @param {number} turn
   * @param {number} number
   */
  sent(turn, number) {
    this.turn = Math.max(this.turn, turn);
    this.number = Math.max(this.number, number);
  }

  /**
   * Note an answer; tell whether it is older than what was seen before.
   *
   * A memo that does not open tells no turn; the page says that it is damaged.
   *
   * @param {OpenMailbox} box
   */
  isOlder(box) {
    const { memo } = box;
    const back = !!memo && (memo.turn < this.turn || memo.number < this.number);
    if (memo) this.sent(memo.turn, memo.number);
    return this.#lost(box) || back;
  }

  /** @param {OpenMailbox} box */
  #lost(box) {
    const now = box.shown.map((one) => hex(one.envelopeId));
    const before = this.replies;
    this.replies = [...now, ...before.filter((id) => !now.includes(id))];
    // Old replies may have moved to a page that was not read; between two that are here none may.
    const last = box.complete ? before.length : before.findLastIndex((id) => now.includes(id));
    return before.slice(0, last + 1).some((id) => !now.includes(id));
  }
}
