/**
 * Leave quickly: the button at the top, or Esc twice, puts another site in this page's place.
 *
 * Invariant: the page is emptied first, and nothing asks whether one is sure.
 *
 * @module
 */

import { wipe } from "./memory.js";

const TWICE_WITHIN_MS = 2000;

/** @param {string} url */
function leave(url) {
  wipe();
  location.replace(url);
}

/** @returns {HTMLAnchorElement | null} */
function wayOut() {
  return document.querySelector("a.leave");
}

/** @param {boolean} shown */
function hint(shown) {
  const place = document.getElementById("leave-hint");
  if (place) place.textContent = shown ? (place.dataset.text ?? "") : "";
}

/** Listen for the button and for Esc, on this page and on whatever takes its place. */
export function install() {
  let first = -Infinity;
  // The page may be emptied before the second Esc, so the address is kept.
  let url = wayOut()?.href ?? "";
  document.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("a.leave") : null;
    if (!(pressed instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    leave(pressed.href);
  });
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.isComposing || event.repeat) return;
      url = wayOut()?.href ?? url;
      if (url && performance.now() - first <= TWICE_WITHIN_MS) {
        event.preventDefault();
        leave(url);
        return;
      }
      first = performance.now();
      hint(true);
      setTimeout(() => {
        if (performance.now() - first >= TWICE_WITHIN_MS) hint(false);
      }, TWICE_WITHIN_MS);
    },
    true,
  );
}
