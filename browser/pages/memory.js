/**
 * What the page holds in memory, and how it forgets.
 *
 * Invariants: nothing is stored anywhere else; when the page is left, also into the
 * browser's own cache of pages, everything on it and everything noted here is gone.
 *
 * @module
 */

/** @type {Set<() => void>} */
const forgetters = new Set();
let guarding = false;

/**
 * Have something forgotten when the page is left.
 *
 * @param {() => void} forget
 */
export function onWipe(forget) {
  forgetters.add(forget);
}

/**
 * Empty every field below an element, shown or not.
 *
 * @param {ParentNode} root
 */
export function emptyFields(root) {
  for (const field of root.querySelectorAll("input, textarea, select")) {
    if (field instanceof HTMLInputElement) {
      field.checked = field.defaultChecked = false;
      if (field.type === "text") field.value = field.defaultValue = "";
    } else if (field instanceof HTMLTextAreaElement) {
      field.value = field.defaultValue = "";
    } else if (field instanceof HTMLSelectElement) {
      field.selectedIndex = -1;
    }
  }
}

/** Forget everything and empty the page. */
export function wipe() {
  guard(false);
  try {
    for (const forget of forgetters) forget();
  } finally {
    // Also when a form's own fields stand in the way of emptying it.
    emptyFields(document);
    document.title = "";
    document.body.replaceChildren();
  }
}

/** @param {BeforeUnloadEvent} event */
function ask(event) {
  event.preventDefault();
  // Older browsers ask only when this is set.
  event.returnValue = true;
}

/**
 * Have the browser ask before the page is left, or not.
 *
 * @param {boolean} on
 */
export function guard(on) {
  if (on === guarding) return;
  guarding = on;
  if (on) window.addEventListener("beforeunload", ask);
  else window.removeEventListener("beforeunload", ask);
}

/** Wipe when the page is left; load it anew should it come back from the browser's cache. */
export function install() {
  window.addEventListener("pagehide", wipe);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
