/**
 * The form for the code: shown, emptied, and given back to the server when the reader says so.
 *
 * @module
 */

import { isAble } from "./able.js";
import { announce } from "./letters_page.js";
import { setMode } from "./mode.js";
import { clear, show as showProblems } from "./problems.js";
import { main, show } from "./screen.js";
import { ClockWrong, clockFrom } from "./trust.js";
import { day, say } from "./words.js";
import { Refused } from "../protocol/errors.js";
import { split } from "../protocol/reply_code.js";

/** Templates without which the page cannot be run here. */
const TEMPLATES = ["words", "view-mailbox", "view-letter", "view-question", "view-withdraw"];

/** Tell whether this browser can open a mailbox by itself. */
export const canOpen = () => isAble(TEMPLATES);

/** @returns {HTMLTextAreaElement} */
export const codeField = () =>
  /** @type {HTMLTextAreaElement} */ (document.getElementById("code"));

/** The page as it came, to go back to. */
export class Entrance {
  /** @type {readonly Node[]} */
  #content;
  #title = document.title;
  #code = codeField();

  constructor() {
    this.#content = [...main().childNodes];
    setMode("browser");
  }

  /** Forget what was typed. */
  empty() {
    this.#code.value = this.#code.defaultValue = "";
  }

  /**
   * Show the empty form again.
   *
   * @param {string} notice
   */
  show(notice) {
    show(this.#content, this.#title);
    clear();
    this.empty();
    announce("problem", "");
    announce("notice", notice);
  }
}

/**
 * Say what is wrong with a code that was typed, at its field.
 *
 * @param {Refused} error
 * @param {string} typed
 */
export function showCodeProblem({ reason, params }, typed) {
  const { position = 0, count = 0 } = params;
  const message =
    reason === "UnknownWord"
      ? say("word-unknown", { position: String(position), word: split(typed)[position - 1] })
      : say("word-count", { count: String(count) });
  showProblems([{ field: "code", message }]);
}

/**
 * Return the page's clock, or say that a clock is wrong and return null.
 *
 * @param {HTMLFormElement} form
 * @returns {(() => string) | null}
 */
export function clockOf(form) {
  try {
    return clockFrom(form.dataset.day ?? "");
  } catch (error) {
    if (!(error instanceof ClockWrong)) throw error;
    const { server, device } = error;
    offerServer(say("clock-wrong", { server: day(server), device: day(device) }));
    return null;
  }
}

/**
 * Say what does not work here, and offer the two ways on.
 *
 * @param {string} text
 */
export function offerServer(text) {
  announce("problem", text, [
    line(say("server-offer")),
    ...["check", "server"].map((name) => button(name, say(`${name}-button`))),
  ]);
}

/** @param {string} text */
function line(text) {
  const found = document.createElement("p");
  found.textContent = text;
  return found;
}

/**
 * Make a button.
 *
 * @param {string} act
 * @param {string} text
 */
export function button(act, text) {
  const found = document.createElement("button");
  found.type = "button";
  found.dataset.act = act;
  found.textContent = text;
  return found;
}
