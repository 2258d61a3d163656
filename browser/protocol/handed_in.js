/**
 * What is handed in over the wire, and the answer to it.
 *
 *     report    "MKRP" · version 1 · lookup 32 · ed_pk 32 · x_pk 32 · memo length 4 · memo
 *               · report envelope
 *     message   "MKMS" · version 1 · token 32 · replaces 32 · memo length 4 · memo
 *               · message envelope
 *     consent   "MKTR" · version 1 · report length 4 · report · message
 *     answer    "MKAN" · version 1 · code 1
 *
 * The report is also the file of the offline letter, byte for byte.
 */

import { concat, equal, four, utf8 } from "./bytes.js";

/** What an answer says; the numbers are their places. */
export const ANSWERS = [
  "done",
  "done_before",
  "unknown_mailbox",
  "mailbox_changed",
  "mailbox_full",
  "readers_changed",
  "channel_closed",
  "not_now",
  "malformed",
  "failing",
  "too_old",
];

/** @param {string} magic */
const head = (magic) => utf8(`${magic}\x01`);

/**
 * Write a report as it is handed in.
 * @param {{
 *   lookup: Uint8Array, edPk: Uint8Array, xPk: Uint8Array, memo: Uint8Array,
 *   envelope: Uint8Array,
 * }} given
 */
export const report = ({ lookup, edPk, xPk, memo, envelope }) =>
  concat(head("MKRP"), lookup, edPk, xPk, four(memo.length), memo, envelope);

/**
 * Write a message as it is handed in.
 * @param {{
 *   token: Uint8Array, replaces: Uint8Array, memo: Uint8Array, envelope: Uint8Array,
 * }} given `replaces` is the envelope id of the memo that was read
 */
export const message = ({ token, replaces, memo, envelope }) =>
  concat(head("MKMS"), token, replaces, four(memo.length), memo, envelope);

/**
 * Write a consent as it is handed in: a report to another channel, and the message that says so.
 * @param {Uint8Array} made
 * @param {Uint8Array} said
 */
export const consent = (made, said) => concat(head("MKTR"), four(made.length), made, said);

/**
 * Return an answer's code, or null for what is no answer: then nobody knows what was stored.
 * @param {Uint8Array} data
 */
export const readAnswer = (data) =>
  data.length == 6 && equal(data.subarray(0, 5), head("MKAN")) && data[5] < ANSWERS.length
    ? data[5]
    : null;
