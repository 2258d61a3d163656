/**
 * Errors on the page: a summary at the top with links, and the message at the field.
 *
 * @module
 */

import { say, stamp } from "./words.js";

/** @typedef {import("./check.js").Problem} Problem */

const MARK = "data-problem";

/** @param {Element} field */
const describedBy = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ");

/**
 * @param {Element} field
 * @param {string[]} ids
 */
function describe(field, ids) {
  const left = ids.filter(Boolean).join(" ");
  if (left) field.setAttribute("aria-describedby", left);
  else field.removeAttribute("aria-describedby");
}

/** Take all errors off the page again. */
export function clear() {
  for (const made of document.querySelectorAll(`[${MARK}]`)) made.remove();
  for (const field of document.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    describe(field, describedBy(field).filter((id) => !id.endsWith("-problem")));
  }
  document.title = document.title.replace(say("error"), "");
}

/**
 * @param {Problem} problem
 * @returns {string} the id that the summary's link leads to
 */
function mark({ field: id, message }) {
  const field = /** @type {HTMLElement} */ (document.getElementById(id));
  const isGroup = !field.matches("input, textarea, select");
  const made = /** @type {Element} */ (stamp("problem-part", { what: message }).firstElementChild);
  made.id = `${id}-problem`;
  made.setAttribute(MARK, "");
  if (isGroup) field.querySelector("label")?.before(made);
  else field.before(made);
  field.setAttribute("aria-invalid", "true");
  describe(field, [...describedBy(field), made.id]);
  field.closest("details")?.setAttribute("open", "");
  return isGroup ? `${id}-0` : id;
}

/**
 * Show what is wrong, and bring the reader there.
 *
 * @param {readonly Problem[]} problems
 */
export function show(problems) {
  clear();
  const items = problems.map((problem) => {
    const link = document.createElement("a");
    link.href = `#${mark(problem)}`;
    link.textContent = problem.message;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  const made = /** @type {HTMLElement} */ (stamp("summary-part", { list: items }).firstElementChild);
  made.setAttribute(MARK, "");
  document.querySelector("main h1")?.after(made);
  document.title = say("error") + document.title;
  made.focus();
}
