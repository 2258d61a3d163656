/**
 * The page's words: they stand in its templates, in its language; a script only fills places.
 *
 * Invariant: what is filled in becomes text, never HTML.
 *
 * @module
 */

/** @typedef {string | Node | readonly Node[]} Filling */
/** @typedef {Record<string, Filling>} Slots */

const BRITISH = "en-GB";
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * Return a template of the page.
 *
 * @param {string} id
 * @returns {HTMLTemplateElement}
 */
function template(id) {
  const found = document.querySelector(`template#${id}`);
  if (!(found instanceof HTMLTemplateElement)) throw new Error(`no template ${id}`);
  return found;
}

/**
 * Put one filling in place of what `element` holds.
 *
 * @param {Element} element
 * @param {Filling} filling
 */
export function put(element, filling) {
  if (typeof filling === "string") element.textContent = filling;
  else if (filling instanceof Node) element.replaceChildren(filling);
  else element.replaceChildren(...filling);
}

/**
 * Fill the places in `root` that `slots` names; the others stay as they are.
 *
 * @param {ParentNode} root
 * @param {Slots} slots
 */
export function fill(root, slots) {
  for (const place of root.querySelectorAll("[data-slot]")) {
    const filling = slots[place.getAttribute("data-slot") ?? ""];
    if (filling !== undefined) put(place, filling);
  }
}

/**
 * Return a filled copy of a template.
 *
 * @param {string} id
 * @param {Slots} [slots]
 * @returns {DocumentFragment}
 */
export function stamp(id, slots = {}) {
  const made = /** @type {DocumentFragment} */ (document.importNode(template(id).content, true));
  fill(made, slots);
  return made;
}

/**
 * Tell whether the page has words of this name.
 *
 * @param {string} name
 */
export function knows(name) {
  return template("words").content.querySelector(`[data-say="${name}"]`) !== null;
}

/**
 * Return a short text of the page as one text, its places filled.
 *
 * @param {string} name
 * @param {Record<string, string>} [slots]
 * @returns {string}
 */
export function say(name, slots = {}) {
  const found = template("words").content.querySelector(`[data-say="${name}"]`);
  if (!found) throw new Error(`no words ${name}`);
  const copy = /** @type {Element} */ (found.cloneNode(true));
  fill(copy, slots);
  return copy.textContent ?? "";
}

function locale() {
  const language = document.documentElement.lang;
  return language === "en" ? BRITISH : language;
}

/**
 * Write a number as the page's language does.
 *
 * @param {number} value
 */
export function number(value) {
  return value.toLocaleString(locale());
}

/**
 * Write a day such as `2026-11-21` in words, as the server does: 21 november 2026.
 *
 * @param {string} iso
 */
export function day(iso) {
  const found = DAY.exec(iso);
  if (!found) return iso;
  const [year, month, date] = found.slice(1).map(Number);
  return new Date(Date.UTC(year, month - 1, date)).toLocaleDateString(locale(), {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
