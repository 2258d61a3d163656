/**
 * Notice that nobody touches the page any more.
 *
 * @module
 */

const IDLE_MS = 10 * 60 * 1000;
const LOOK_EVERY_MS = 15 * 1000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "input", "scroll"];

let touched = 0;

function touch() {
  touched = Date.now();
}

/**
 * Watch the page from now on; call `act` whenever nothing happened for ten minutes.
 *
 * A sleeping phone stops its clocks, so it is looked at again when the page comes back.
 *
 * @param {() => void} act
 */
export function whenIdle(act) {
  const look = () => {
    if (Date.now() - touched < IDLE_MS) return;
    touch();
    act();
  };
  touch();
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
  for (const sign of SIGNS) window.addEventListener(sign, touch, { capture: true, passive: true });
}
