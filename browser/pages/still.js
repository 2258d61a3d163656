/**
 * A form that the script has taken over: it is sent by nobody, until it is given back.
 *
 * @module
 */

/** @type {WeakMap<HTMLFormElement, string>} where a form goes when it is the server's */
const actions = new WeakMap();

/**
 * Let a form be sent by nobody: an old script's or extension's `submit()` neither.
 *
 * @param {HTMLFormElement} form
 */
export function still(form) {
  // Outside of a dialog such a form does nothing; a browser without them would send it by GET.
  if (typeof HTMLDialogElement === "function") form.method = "dialog";
  actions.set(form, form.getAttribute("action") ?? "");
  // Chromium asks Google about each form that it could fill in, and so tells who is on this
  // page; it leaves out those that search. Source: Chromium, FormStructure::ShouldBeParsed.
  form.setAttribute("action", "/search");
}

/**
 * Give a form back to the server.
 *
 * @param {HTMLFormElement} form
 */
export function giveBack(form) {
  form.method = "post";
  form.setAttribute("action", actions.get(form) ?? "");
}
