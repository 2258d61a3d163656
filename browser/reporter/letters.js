/**
 * What an opened mailbox says: letters, how it stands, dates owed, and gaps.
 *
 * Pure: pages of the mailbox and a key in, plain values out. Invariants: a reply that does not
 * open, or is of somebody who may not answer, is counted and never shown; a reply is hidden
 * until the day that its writer chose.
 */

import { hex } from "../protocol/bytes.js";
import { addDays, CLOCK_TOLERANCE } from "../protocol/days.js";
import { Refused } from "../protocol/errors.js";
import * as keys from "../protocol/keys.js";
import { MAX_COUNT, MAX_SEEN, readersOf, standingOrder } from "../protocol/payload.js";
import { openMemo, openReply } from "../protocol/reporter.js";

/** @typedef {import("../protocol/letter.js").OpenedReply} OpenedReply */
/** @typedef {import("../protocol/mailbox_page.js").MailboxPage} MailboxPage */
/** @typedef {ReturnType<typeof openMailbox>} OpenMailbox */

/** States that tell what is being done: with one of these, feedback has been given. */
const FEEDBACK_STATES = ["in_conversation", "being_handled", "weighed_as_pattern", "closed"];

/**
 * Do something; null for what the protocol refuses.
 * @template T
 * @param {() => T} open
 */
function ifAccepted(open) {
  try {
    return open();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/**
 * Sort from the highest to the lowest.
 * @param {OpenedReply[]} replies
 * @param {(one: OpenedReply) => string} order
 */
const highestFirst = (replies, order) =>
  [...replies].sort((a, b) => (order(a) < order(b) ? 1 : -1));

/**
 * Return the day from which a reply is shown: its own, or the later one that it names.
 * @param {OpenedReply} one
 */
export function readableFrom({ reply: { day, notBefore } }) {
  return notBefore && notBefore > day ? notBefore : day;
}

/**
 * Open the pages of one mailbox, newest first.
 *
 * `shown` holds the replies that may be read today, newest first; `turn` is the next free one;
 * `unopened` counts replies that do not open; `complete` tells that no older page is left;
 * `last` is the reply that says how the report stands; `thread` is what a later message stands
 * on, null when the memo does not open.
 * @param {Uint8Array} siteId
 * @param {Uint8Array} key of the reply code
 * @param {MailboxPage[]} pages at least one
 * @param {string} today replies for a later day stay hidden
 */
export function openMailbox(siteId, key, pages, today) {
  const [first] = pages;
  const own = keys.reporterKeys(siteId, first.channelPk, key);
  const token = keys.token(siteId, key);
  const sealed = pages.flatMap((page) => page.replies);
  // Without a memo the mailbox can still be read and withdrawn, but nobody is known to be a
  // reader, so no reply is believed.
  const memo = ifAccepted(() => openMemo(own, first.memo));
  const readers = memo ? readersOf(memo) : [];
  const latest = addDays(today, CLOCK_TOLERANCE);
  const opened = sealed.flatMap((data) => {
    const one = ifAccepted(() => openReply(own, data, readers));
    return one && one.reply.day <= latest ? [one] : [];
  });
  /** @type {Map<string, Set<number>>} */
  const numbers = new Map();
  for (const { handler, reply } of opened) {
    const id = hex(handler.handlerId);
    numbers.set(id, (numbers.get(id) ?? new Set()).add(reply.number));
  }
  const turn = Math.min(
    1 + Math.max(memo?.turn ?? 0, ...opened.map((one) => one.reply.turn)),
    MAX_COUNT,
  );
  const shown = highestFirst(
    opened.filter((one) => (one.reply.notBefore ?? today) <= today),
    (one) => `${readableFrom(one)}${one.reply.turn + 1e7}${hex(one.envelopeId)}`,
  );
  const [last = null] = highestFirst(
    shown.filter((one) => one.reply.notBefore === null),
    (one) => standingOrder(one.reply, one.handler.handlerId),
  );
  const complete = !pages[pages.length - 1].more;
  const sent = first.sent;
  const sealedMemo = first.memo;
  return {
    token,
    own,
    memo,
    sealedMemo,
    shown,
    unopened: sealed.length - opened.length,
    sent,
    turn,
    complete,
    last,
    thread: memo && { token, own, memo, sealedMemo, turn },

    /** Count the replies that should be here by their numbers, and are not. */
    missing() {
      let gone = 0;
      for (const found of numbers.values())
        gone += Math.max(...found) - (complete ? 1 : Math.min(...found)) + 1 - found.size;
      return gone;
    },

    /**
     * Count the reporter's texts still held that the last reply's writer had not seen. A reply
     * names only its newest sightings; when its list is full, the rest is unknown.
     */
    unseen() {
      if (!last || last.reply.seen.length >= MAX_SEEN) return 0;
      const seen = last.reply.seen.map(hex);
      return new Set(sent.map(hex).filter((id) => !seen.includes(id))).size;
    },

    /** Tell whether somebody has confirmed receipt. */
    receiptGiven: () => shown.length > 0,

    /** Tell whether somebody has said what is being done. */
    feedbackGiven: () => shown.some((one) => FEEDBACK_STATES.includes(one.reply.state)),
  };
}
