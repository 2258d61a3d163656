/** What is sealed inside an envelope: reports, messages, memos and replies, and their limits. */

import { hex } from "./bytes.js";

export const MAX_TEXT_CHARACTERS = 20_000;
export const MAX_TEXT_BYTES = 60_000;
export const MAX_REPLY_CHARACTERS = 5_000;
export const MAX_REPLY_BYTES = 10_000;
export const MAX_NAME_CHARACTERS = 100;
export const MAX_CONTACT_CHARACTERS = 300;
export const MAX_HANDLERS = 16;
/** A reply names the newest envelopes that its writer has seen, at most this many. */
export const MAX_SEEN = 32;
export const MAX_CERTIFICATE_BYTES = 1_000;
/** Highest turn and number: more than any thread has, and small enough to count on. */
export const MAX_COUNT = 1_000_000;

export const STATES = [
  "received",
  "read",
  "in_conversation",
  "being_handled",
  "weighed_as_pattern",
  "closed",
];
export const OUTCOMES = [
  "",
  "no_further_action",
  "advice_given",
  "conversation",
  "mediation",
  "measure_team",
  "measure_person",
  "passed_on",
  "pattern_noted",
];

/**
 * The first submission. Handler ids are 8 raw bytes; taxonomy codes are short names.
 * @typedef {{
 *   day: string, turn: number, mode: string, language: string, text: string,
 *   recipients: Uint8Array[], excluded: Uint8Array[], name: string, contact: string,
 *   conduct: string[], grounds: string[], unit: string, period: string,
 *   worksWithSubject: string, supporter: string, origin: string, people: number,
 * }} Report
 */
/**
 * A later text of the reporter, or a hold or resume. `hold` is the envelope id resumed; `about`
 * that of the reply which a consent or refusal answers. `number` counts the reporter's
 * envelopes in the mailbox; the report is number 1.
 * @typedef {{
 *   kind: string, day: string, turn: number, number: number, recipients: Uint8Array[],
 *   excluded: Uint8Array[], text: string, hold: Uint8Array | null, about: Uint8Array | null,
 * }} Message
 */
/**
 * The reporter's note to self: nothing that they wrote, only what later steps need. `day` is
 * the report's; `turn` and `number` are those of the last envelope sent. `answered` is the
 * highest turn of a reply whose question about another channel was answered, 0 for none.
 * @typedef {{
 *   day: string, recipients: Uint8Array[], excluded: Uint8Array[], hold: Uint8Array | null,
 *   turn: number, number: number, answered: number,
 * }} Memo
 */
/**
 * A handler's message. `seen` holds ids of the reporter's envelopes; `transfer` is the identity
 * of another channel which the writer asks the reporter to let read.
 * @typedef {{
 *   day: string, turn: number, number: number, text: string, state: string,
 *   recipients: Uint8Array[], outcome: string, notBefore: string | null, seen: Uint8Array[],
 *   transfer: Uint8Array | null,
 * }} Reply
 */

/**
 * Return the ids, in hexadecimal, of the handlers who may read and answer.
 * @param {Memo} memo
 */
export function readersOf(memo) {
  const excluded = memo.excluded.map(hex);
  return memo.recipients.map(hex).filter((id) => !excluded.includes(id));
}

/**
 * Return as one text what decides between replies: the highest says how a case stands.
 *
 * Two handlers who did not know of each other write at the same turn; then the state that is
 * further on counts, so that a closing is never hidden by somebody's "read".
 * @param {Reply} reply
 * @param {Uint8Array} handlerId
 */
export const standingOrder = (reply, handlerId) =>
  `${reply.turn + 1e7}${STATES.indexOf(reply.state)}${hex(handlerId)}${reply.number + 1e7}`;
