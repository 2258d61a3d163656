/**
 * What was typed and chosen in a form: read, put back, and whether there is anything.
 *
 * Invariant: a text is kept exactly as the server would have read it.
 *
 * @module
 */

/** @typedef {Record<string, string[]>} Typed */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/**
 * Return the form's fields that are for typing and choosing, without the hidden ones.
 *
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
export function fieldsOf(form) {
  return /** @type {Field[]} */ (
    [...form.elements].filter(
      (field) => field.matches("input, textarea, select") && !field.matches("[type=hidden]"),
    )
  );
}

/**
 * @param {Field} field
 * @returns {field is HTMLInputElement}
 */
export const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

/**
 * Write a text as the server would have read it: see `dropbox.site.limits.parse`.
 *
 * @param {string} text
 */
export const clean = (text) => text.replace(/\r\n?/g, "\n").replace(/\0|\p{Cs}/gu, "\ufffd");

/**
 * Read what was typed: for every name the values, none for what is empty.
 *
 * @param {HTMLFormElement} form
 * @returns {Typed}
 */
export function read(form) {
  /** @type {Typed} */
  const found = {};
  for (const field of fieldsOf(form)) {
    const values = (found[field.name] ??= []);
    if (isChoice(field) ? field.checked && field.value : field.value) {
      values.push(clean(field.value));
    }
  }
  return found;
}

/**
 * Put values back into a form, as far as it has a place for them.
 *
 * @param {HTMLFormElement} form
 * @param {Typed} typed
 */
export function putBack(form, typed) {
  for (const field of fieldsOf(form)) {
    const values = typed[field.name] ?? [];
    if (isChoice(field)) field.checked = values.length ? values.includes(field.value) : !field.value;
    else field.value = values[0] ?? "";
    // A choice that this page does not offer.
    if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.selectedIndex = 0;
    if (isChoice(field) && field.checked) field.closest("details")?.setAttribute("open", "");
  }
}

/**
 * Tell whether anything differs from the blank form.
 *
 * @param {HTMLFormElement} form
 */
export function isTyped(form) {
  return fieldsOf(form).some((field) => {
    if (field instanceof HTMLSelectElement) return field.value !== "";
    return isChoice(field)
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue;
  });
}
