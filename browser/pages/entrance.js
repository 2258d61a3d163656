/**
 * The form for the code: shown, emptied, and given back to the server when the reader says so.
 *
 * @module
 */

import { unhex } from "../protocol/bytes.js";
import { Refused } from "../protocol/errors.js";
import { split } from "../protocol/reply_code.js";
import { isAble } from "./able.js";
import { announce } from "./letters_page.js";
import { setMode } from "./mode.js";
import { clear, show as marks } from "./problems.js";
import { main, show as showScreen } from "./screen.js";
import { ClockWrong, clockFrom } from "./trust.js";
import { day, say } from "./words.js";

/** Templates without which the page cannot be run here. */
const TEMPLATES = ["words", "view-mailbox", "view-letter", "view-question", "view-withdraw"];

/** Tell whether this browser can open a mailbox by itself. */
export const canOpen = () => isAble(TEMPLATES);

/** @returns {HTMLTextAreaElement} */
export const codeField = () =>
  /** @type {HTMLTextAreaElement} */ (document.getElementById("code"));

/** @type {readonly Node[]} the page as it came */
let content = [];
let title = "";
/** @type {HTMLTextAreaElement} */
let field;

/** Remember the page as it stands, to go back to, and say that the browser opens. */
export function remember() {
  content = [...main().childNodes];
  title = document.title;
  field = codeField();
  setMode("browser");
}

/** Forget the code that was typed. */
export function empty() {
  field.value = field.defaultValue = "";
}

/**
 * Show the empty form again.
 *
 * @param {string} notice
 */
export function show(notice) {
  showScreen(content, title);
  clear();
  empty();
  takeBackOffer();
  announce("notice", notice);
}

/**
 * Return the id of the site whose mailboxes a form opens.
 *
 * @param {HTMLFormElement} form
 */
export const siteOf = (form) => unhex(form.dataset.site ?? "") ?? new Uint8Array();

/**
 * Return the form for a code on a page.
 *
 * @param {Document | null} page
 */
export const formOf = (page) =>
  /** @type {HTMLFormElement | null | undefined} */ (page?.querySelector("form#enter"));

/**
 * Say at its field what is wrong with a code that was typed.
 *
 * @param {unknown} error
 * @param {string} typed
 * @returns {boolean} whether it is the code that cannot be read
 */
export function showCodeProblem(error, typed) {
  if (!(error instanceof Refused)) return false;
  const { position = 0, count = 0 } = error.params;
  let message;
  if (error.reason === "UnknownWord") {
    message = say("word-unknown", { position: `${position}`, word: split(typed)[position - 1] });
  } else if (error.reason === "WrongWordCount") message = say("word-count", { count: `${count}` });
  else return false;
  marks([{ field: "code", message }]);
  return true;
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
  showMode(false);
  announce("problem", text, [
    line(say("server-offer")),
    actions(["check", "server"].map((name) => button(name, say(`${name}-button`)))),
  ]);
}

/** Take that off the page again. */
export function takeBackOffer() {
  announce("problem", "");
  showMode(true);
}

/** Say who opens the mailbox, or not while nobody can. @param {boolean} isShown */
function showMode(isShown) {
  const box = document.getElementById("mode-box");
  if (box) box.hidden = !isShown;
}

/** @param {string} text */
function line(text) {
  const found = document.createElement("p");
  found.textContent = text;
  return found;
}

/** @param {Node[]} buttons */
function actions(buttons) {
  const found = document.createElement("div");
  found.className = "actions";
  found.append(...buttons);
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
