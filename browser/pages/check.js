/**
 * What is wrong with an answer: the rules and words of `dropbox/site/forms.py`.
 *
 * Invariant: what passes here can be sealed and will be understood at the desk.
 *
 * @module
 */

import { utf8 } from "../protocol/bytes.js";
import * as limits from "../protocol/payload.js";
import { number, say } from "./words.js";

/** @typedef {import("./typed.js").Typed} Typed */
/** @typedef {{ field: string, message: string }} Problem a field's name, and what to say */

const MAX_CODES = 32;
// Spaces, controls, and what Unicode counts as a letter, mark or symbol and nobody sees.
const UNSEEN =
  /^[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\ufffd\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]*$/u;

/**
 * Tell whether a text shows nothing.
 *
 * @param {string} text
 */
export const isBlank = (text) => UNSEEN.test(text);

/** @param {string} text */
const characters = (text) => [...text].length;

/**
 * Return what is wrong with a story or message; nothing when it is in order.
 *
 * @param {string} text
 * @returns {string}
 */
export function storyProblem(text) {
  if (isBlank(text)) return say("text-empty");
  const count = characters(text);
  if (count > limits.MAX_TEXT_CHARACTERS) {
    const over = count - limits.MAX_TEXT_CHARACTERS;
    return say("text-long", { count: number(count), over: number(over) });
  }
  const size = utf8(text).length;
  if (size <= limits.MAX_TEXT_BYTES) return "";
  // As many of the text's own characters as the bytes that are too many, up to a ten.
  const over = Math.ceil(Math.ceil(((size - limits.MAX_TEXT_BYTES) * count) / size) / 10) * 10;
  return say("text-large", { over: number(over) });
}

/**
 * Return how many characters may still be written.
 *
 * @param {string} text
 */
export const charactersLeft = (text) => limits.MAX_TEXT_CHARACTERS - characters(text);

/**
 * @param {Typed} typed
 * @param {"name" | "contact"} field
 */
function personProblem(typed, field) {
  const [text = ""] = typed[field];
  const isConfidential = typed.mode[0] === "confidential";
  if (!isConfidential && !isBlank(text)) return say("not-anonymous");
  if (field === "contact") {
    return characters(text) > limits.MAX_CONTACT_CHARACTERS ? say("contact-long") : "";
  }
  if (isConfidential && isBlank(text) && isBlank(typed.contact[0] ?? "")) return say("name-needed");
  return characters(text) > limits.MAX_NAME_CHARACTERS ? say("name-long") : "";
}

/**
 * Return what is wrong with a report, in the order of the page.
 *
 * @param {Typed} typed
 * @param {boolean} isRead whether anybody is left to read it
 * @returns {Problem[]}
 */
export function problems(typed, isRead) {
  const found = [
    { field: "text", message: storyProblem(typed.text[0] ?? "") },
    { field: "name", message: personProblem(typed, "name") },
    { field: "contact", message: personProblem(typed, "contact") },
    { field: "excluded", message: isRead ? "" : say("nobody") },
    ...["conduct", "grounds"].map((field) => ({
      field,
      message: (typed[field]?.length ?? 0) > MAX_CODES ? say("too-many") : "",
    })),
  ];
  return found.filter(({ message }) => message);
}
