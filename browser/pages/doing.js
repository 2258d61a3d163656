/**
 * What a reporter does in a mailbox: sealed here, handed in, and sealed anew on a race.
 *
 * Mirrors `dropbox/site/sending.py`. Invariants: a refusal is never sent while the reporter's
 * own pause lasts, also when the pause came from another tab in that very moment; what was
 * sealed once and may have arrived is sent again as the very same bytes.
 *
 * @module
 */

import { Refused } from "../protocol/errors.js";
import { make } from "../protocol/withdrawal.js";
import { sealMessage } from "../reporter/sealing.js";
import { handIn } from "./send.js";
import { cannotWrite } from "./visit.js";

/** @typedef {import("./visit.js").Visit} Visit */
/** @typedef {import("../reporter/sealing.js").Saying} Saying */
/** @typedef {Uint8Array} Bytes */
/**
 * How it ended: the name of the words for it; whether it is stored; the mailbox as last read,
 * null when it is there no more; the bytes when nobody knows whether they arrived.
 *
 * @typedef {{
 *   words: string, isDone: boolean, visit: Visit | null, lost: Bytes | null, isStale: boolean,
 * }} Outcome
 */

const DONE = 0;
const DONE_BEFORE = 1;
const UNKNOWN = 2;
const CHANGED = 3;
const FULL = 4;
const READERS = 5;
const CLOSED = 6;
const TRIES = 2;
const ANSWER_KINDS = ["consent", "refusal"];

/** From so many uncollected texts on no message is taken, so that there is room to pause. */
const MESSAGES_HELD = 90;

/** The names of the words for the other codes; those of 4 depend on what was sent. */
const WORDS = [
  "",
  "",
  "",
  "mailbox-changed",
  "",
  "mailbox-readers",
  "mailbox-closed",
  "mailbox-later",
  "mailbox-refused",
  "mailbox-trouble",
  "mailbox-refused",
];

/**
 * Say why something cannot be sent as the mailbox stands: the words' name, or nothing.
 *
 * @param {Visit} visit
 * @param {string} kind
 * @param {string} today
 */
export function hindrance(visit, kind, today) {
  const { memo, sent } = visit.box;
  if (kind === "message" && sent.length >= MESSAGES_HELD) return "message-full";
  if (ANSWER_KINDS.includes(kind) && memo?.hold) return "cannot-hold";
  return cannotWrite(visit, today);
}

/**
 * Tell whether a mailbox stands already as asked: paused, or not paused.
 *
 * @param {Visit} visit
 * @param {string} kind
 */
function isSo({ box: { memo } }, kind) {
  return !!memo && ((kind === "hold" && !!memo.hold) || (kind === "resume" && !memo.hold));
}

/**
 * Seal and hand in; anew, once, when another tab was quicker.
 *
 * @param {Visit} visit the opened mailbox
 * @param {Saying} said
 * @param {string} today
 * @param {() => Promise<Visit | null>} reopen reads the mailbox again
 * @param {Bytes | null} [before] what was sealed before and may have arrived
 * @returns {Promise<Outcome>}
 */
export async function act(visit, said, today, reopen, before = null) {
  let now = visit;
  let bytes = before;
  for (let left = TRIES; ; ) {
    if (!bytes) {
      const words = hindrance(now, said.kind, today);
      if (words || isSo(now, said.kind)) return ended(now, words);
      const { thread } = now.box;
      if (!thread || !now.card) return ended(now, "mailbox-failed");
      bytes = sealMessage(thread, now.card, said, today);
      left--;
    }
    const { code } = await handIn("/sealed/message", bytes);
    if (code !== CHANGED || !left) return outcome(now, said.kind, code, bytes);
    bytes = null;
    const again = await reread(reopen);
    if (again === undefined) return ended(now, "mailbox-changed");
    if (!again) return ended(null, "");
    now = again;
  }
}

/** @param {() => Promise<Visit | null>} reopen */
async function reread(reopen) {
  try {
    return await reopen();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/**
 * @param {Visit | null} visit
 * @param {string} words
 * @returns {Outcome}
 */
function ended(visit, words) {
  return { words, isDone: false, visit, lost: null, isStale: false };
}

/**
 * @param {Visit} visit
 * @param {string} kind
 * @param {number | null} code
 * @param {Bytes} bytes
 * @returns {Outcome}
 */
export function outcome(visit, kind, code, bytes) {
  if (code === null) return { ...ended(visit, "mailbox-lost"), lost: bytes };
  if (code === UNKNOWN) return ended(null, "");
  if (code === DONE || code === DONE_BEFORE) {
    return { ...ended(visit, `${kind}-sent`), isDone: true, isStale: true };
  }
  const isStale = [CHANGED, READERS, CLOSED].includes(code);
  return { ...ended(visit, code === FULL ? `${kind}-full` : WORDS[code]), isStale };
}

/**
 * Withdraw a mailbox. The same keys give the same bytes, so it can be sent as often as needed.
 *
 * @param {Visit} visit
 * @returns {Promise<Outcome>}
 */
export async function withdraw(visit) {
  const bytes = make(visit.box.own);
  const { code } = await handIn("/sealed/withdrawal", bytes);
  const found = outcome(visit, "withdrawal", code, bytes);
  return found.lost ? { ...found, words: "withdrawal-lost" } : found;
}
