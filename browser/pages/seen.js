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

/** Turn and number of the last one sent. */
let lastTurn = 0;
let lastNumber = 0;
/** @type {string[]} ids of the replies, newest first */
let before = [];

/** Forget everything: another mailbox may follow. */
export function forget() {
  lastTurn = lastNumber = 0;
  before = [];
}

/**
 * Note what was sent and stored: a later answer must know of it.
 *
 * @param {number} turn
 * @param {number} number
 */
export function sent(turn, number) {
  lastTurn = Math.max(lastTurn, turn);
  lastNumber = Math.max(lastNumber, number);
}

/**
 * Note an answer; tell whether it is older than what was seen before.
 *
 * @param {readonly MailboxPage[]} pages newest first, at least one
 * @param {{ turn: number, number: number } | null} memo null for one that does not open; the
 *   page tells that by itself
 */
export function isOlder(pages, memo) {
  const isBack = memo && (memo.turn < lastTurn || memo.number < lastNumber);
  if (memo) sent(memo.turn, memo.number);
  return hasLost(pages) || !!isBack;
}

/** @param {readonly MailboxPage[]} pages */
function hasLost(pages) {
  const now = pages.flatMap((page) => page.replies.map((reply) => hex(envelopeId(reply))));
  const known = before;
  before = [...now, ...known.filter((id) => !now.includes(id))];
  // With older pages unread, the last ones may stand there; those between may not be gone.
  const isAll = !pages[pages.length - 1].more;
  const last = Math.max(-1, ...known.map((id, at) => (now.includes(id) ? at : -1)));
  return known.slice(0, isAll ? undefined : last + 1).some((id) => !now.includes(id));
}
