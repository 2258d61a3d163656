/**
 * Who locks: the server or this browser. The page holds the words of both; one shows.
 *
 * @module
 */

/**
 * Show the words of a mode.
 *
 * @param {"server" | "browser"} mode
 */
export function setMode(mode) {
  const box = document.getElementById("mode-box");
  if (box) box.dataset.mode = mode;
  for (const part of document.querySelectorAll("[data-in]")) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.in !== mode;
  }
}
