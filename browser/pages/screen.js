/**
 * One screen of the page in another's place: what stands in main, the title, the focus.
 *
 * @module
 */

import { stamp } from "./words.js";

/** The part of the page that changes. */
export const main = () => /** @type {HTMLElement} */ (document.querySelector("main"));

/** The name of the site, as the server wrote it behind every title. */
const suffix = () => /( · [^·]*)$/.exec(document.title)?.[1] ?? "";

/**
 * Put other content into the page, from its top.
 *
 * @param {readonly Node[]} content
 * @param {string} title as the document's
 */
export function show(content, title) {
  main().replaceChildren(...content);
  document.title = title;
  window.scrollTo(0, 0);
  const heading = main().querySelector("h1[tabindex]");
  (heading instanceof HTMLElement ? heading : main()).focus({ preventScroll: true });
}

/**
 * Put a template of the page into its main part.
 *
 * @param {string} id
 * @param {import("./words.js").Slots} slots
 */
export function showPart(id, slots) {
  const part = document.querySelector(`template#${id}`);
  const title = part instanceof HTMLElement ? (part.dataset.title ?? "") : "";
  show([...stamp(id, slots).childNodes], title + suffix());
}

/**
 * Say something that a screen reader speaks too, where the page has a place for it.
 *
 * @param {string} text
 */
export function tell(text) {
  const place = document.getElementById("busy");
  if (place) place.textContent = text;
}
