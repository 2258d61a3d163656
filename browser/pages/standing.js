/**
 * How a report stands, in words: state, outcome, dates owed, and gaps.
 *
 * Mirrors `dropbox/site/standing.py`; a test holds the two together. Holds no rule of the
 * protocol, and no text: the words stand in the page's templates.
 *
 * @module
 */

import { feedbackOwed, receiptOwed } from "../protocol/days.js";
import { day, say } from "./words.js";

/** @typedef {import("../reporter/letters.js").OpenMailbox} OpenMailbox */

/** @param {OpenMailbox} box */
export function state({ last }) {
  return say(last ? `state-${last.reply.state}` : "state-none");
}

/** @param {OpenMailbox} box */
export function outcome({ last }) {
  return last?.reply.outcome ? say(`outcome-${last.reply.outcome}`) : "";
}

/**
 * Return the sentences about the dates owed.
 *
 * @param {OpenMailbox} box
 * @param {string} today
 */
export function owed(box, today) {
  if (!box.memo) return [];
  if (box.memo.hold) return [say("dates-wait")];
  return [
    promise("receipt", box.receiptGiven(), receiptOwed(box.memo.day), today),
    promise("feedback", box.feedbackGiven(), feedbackOwed(box.memo.day), today),
  ];
}

/**
 * @param {string} what
 * @param {boolean} given
 * @param {string} lastDay
 * @param {string} today
 */
function promise(what, given, lastDay, today) {
  if (given) return say(`${what}-given`);
  return say(`${what}-${today <= lastDay ? "due" : "late"}`, { day: day(lastDay) });
}

/**
 * Return the sentences about what is missing or was not seen.
 *
 * @param {OpenMailbox} box
 */
export function gaps(box) {
  return [counted("missing", box.missing()), counted("unseen", box.unseen())].filter(Boolean);
}

/**
 * Return a sentence with a count, or nothing for none.
 *
 * @param {string} what
 * @param {number} count
 */
export function counted(what, count) {
  if (!count) return "";
  return say(`${what}-${count === 1 ? "one" : "many"}`, { num: String(count) });
}

