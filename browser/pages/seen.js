/**
 * What this page has seen of the opened mailbox, to notice a server that goes back in time.
 *
 * Invariant: only counts and ids of envelopes are noted, in memory; there is no memory across
 * visits, so an old mailbox at the first opening is not noticed here.
 *
 * @module
 */

import { hex } from "../protocol/bytes.js";
import { envelopeId } from "../protocol/envelope.js";

/** @typedef {import("../protocol/mailbox_page.js").MailboxPage} MailboxPage */
/** @typedef {{ turn: number, number: number }} Count turn and number of the last one sent */

export class Seen {
  /** @type {Count} */
  #count = { turn: 0, number: 0 };
  /** @type {string[]} ids of the replies, newest first */
  #replies = [];

  /**
   * Note what was sent and stored: a later answer must know of it.
   *
   * @param {Count} count
   */
  sent({ turn, number }) {
    const before = this.#count;
    this.#count = { turn: Math.max(before.turn, turn), number: Math.max(before.number, number) };
  }

  /**
   * Note an answer; tell whether it is older than what was seen before.
   *
   * @param {readonly MailboxPage[]} pages newest first, at least one
   * @param {Count | null} memo null for one that does not open; the page tells that by itself
   */
  isOlder(pages, memo) {
    const { turn, number } = this.#count;
    if (memo) this.sent(memo);
    const isBack = memo && (memo.turn < turn || memo.number < number);
    return this.#hasLost(pages) || !!isBack;
  }

  /** @param {readonly MailboxPage[]} pages */
  #hasLost(pages) {
    const now = pages.flatMap((page) => page.replies.map((reply) => hex(envelopeId(reply))));
    const before = this.#replies;
    this.#replies = [...now, ...before.filter((id) => !now.includes(id))];
    // With older pages unread, the last ones may stand there; those between may not be gone.
    const isAll = !pages[pages.length - 1].more;
    const last = isAll ? before.length : Math.max(...before.map((id, at) => (now.includes(id) ? at : -1)));
    return before.slice(0, last + 1).some((id) => !now.includes(id));
  }
}
