/**
 * What went wrong, in words and in a box that is read out at once; nothing typed is touched.
 *
 * @module
 */

import { Refused } from "../protocol/errors.js";
import { main } from "./screen.js";
import { ClockWrong } from "./trust.js";
import { day, fill, knows, number, say, stamp } from "./words.js";

const SECONDS_PER_MINUTE = 60;

/**
 * @param {DocumentFragment} made
 * @param {string} reason
 * @param {Element} [place] under the page's heading where there is none
 */
function show(made, reason, place) {
  clear();
  const box = /** @type {HTMLElement} */ (made.firstElementChild);
  box.dataset.reason = reason;
  const heading = main().querySelector("h1");
  if (place) place.append(box);
  else if (heading) heading.after(box);
  else main().prepend(box);
  box.focus();
}

/** Take the box off the page again. */
export function clear() {
  document.getElementById("problem")?.remove();
}

/** @param {unknown} error */
function inWords(error) {
  if (error instanceof ClockWrong) {
    const slots = {
      device: day(error.device),
      server: day(error.server),
      days: number(error.params.days),
    };
    return { kind: "Clock", what: say("ClockWrong", slots) };
  }
  if (!(error instanceof Refused)) return { kind: "Broken", what: say("Broken") };
  return { kind: "Card", what: say(knows(error.reason) ? error.reason : "Card-other") };
}

/**
 * Warn that this browser does not lock anything now, and offer the way on, with its price.
 *
 * @param {unknown} error
 */
export function warn(error) {
  const { kind, what } = inWords(error);
  const made = stamp("alarm-part", {
    title: say(`${kind}-title`),
    what,
    offer: say(`${kind}-offer`),
  });
  show(made, error instanceof Refused ? error.reason : kind);
}

/**
 * Say why something was not done, near its button.
 *
 * @param {string} reason
 * @param {{ wait?: number | null, others?: Node | undefined, isUnsure?: boolean }} [more] after how
 *   many seconds to try again; other channels; whether an earlier try may have been stored
 */
export function tellWhy(reason, { wait, others, isUnsure } = {}) {
  const minutes = number(Math.ceil((wait ?? 0) / SECONDS_PER_MINUTE));
  const made = stamp("trouble-part", {
    title: say(`${reason}-title`),
    what: isUnsure ? say("unsure") : wait ? say(`${reason}-wait`, { minutes }) : say(reason),
  });
  if (others) fill(made, { others });
  else made.querySelector("[data-slot=others]")?.remove();
  show(made, reason, document.getElementById("trouble") ?? undefined);
}
