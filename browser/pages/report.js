/**
 * The report in browser mode: fill in, review, lock, and the code.
 *
 * Owns the state of the page. Invariants: no form of this page is sent while the browser
 * locks; nothing is locked without a card that was believed, or to other readers than the
 * review named; the code is shown only when the report is known to be stored; whatever goes
 * wrong, the text stays and the server's mode is offered, never taken.
 *
 * @module
 */

import { hex } from "../protocol/bytes.js";
import { readers, sealReport } from "../reporter/sealing.js";
import { isAble } from "./able.js";
import { adopt } from "./adopt.js";
import { charactersLeft, problems } from "./check.js";
import { showCode } from "./code.js";
import { emptyFields, guard, onWipe } from "./memory.js";
import { setMode } from "./mode.js";
import * as marks from "./problems.js";
import { excludedOf, showReview, toReport } from "./review.js";
import { main, show, tell } from "./screen.js";
import { giveBack as release, still } from "./still.js";
import * as trouble from "./trouble.js";
import { believe, clockFrom } from "./trust.js";
import { isTyped, putBack, read } from "./typed.js";
import { number, say, stamp } from "./words.js";

/** @typedef {import("./typed.js").Typed} Typed */
/** @typedef {import("./trust.js").ChannelCard} ChannelCard */
/**
 * How a page reaches the world: `send` hands the sealed report in, or saves it; `fetchPage`
 * brings another page of the site, null where there is none; `home` is the site's host.
 *
 * @typedef {{
 *   send: (bytes: Uint8Array) => Promise<import("./send.js").Answer>,
 *   fetchPage: (url: string) => Promise<Document | null>,
 *   home?: string,
 * }} Ways
 */
/** @typedef {{ key: string, bytes: Uint8Array, words: string[], day: string, sent: boolean, isLost: boolean }} Sealed */
/**
 * `page` and `title` are the form's screen while another is shown; `named` whom the review
 * named; `sealed` the bytes that may have been sent and must go out unchanged.
 *
 * @typedef {{
 *   ways: Ways, form: HTMLFormElement, page: Node[], title: string, busy: boolean,
 *   card: ChannelCard | null, today: () => string, named: string, sealed: Sealed | null,
 *   room: string,
 * }} State
 */

const TEMPLATES = ["words", "summary-part", "problem-part", "notice-part", "alarm-part"].concat(
  ["trouble-part", "review-part", "code-part"],
);
const NEAR_THE_END = 2000;
const BEFORE_LOCKING_MS = 50;
const READERS_CHANGED = 5;
/** @type {Record<number, string>} */
const REASONS = { 6: "ChannelClosed", 7: "NotNow", 9: "StoreFailed" };

/** @type {State | null} */
let state = null;
/** Until the reporter gives the form to the server; also while the code is shown. */
let isOurs = false;

/** @param {Element | null} found
 * @returns {found is HTMLFormElement} */
const isForm = (found) => found instanceof HTMLFormElement && Boolean(found.dataset.card);

/** Take the form that the page holds now: believe its card, or warn.
 * @param {State} now */
function take(now) {
  const { form } = now;
  still(form);
  setMode("browser");
  now.room = document.getElementById("text-left")?.textContent ?? "";
  now.card = null;
  try {
    now.today = clockFrom(form.dataset.day ?? "");
    now.card = believe(form, now.today());
    cover(false);
  } catch (error) {
    // What was typed stays in sight; a blank form would only invite to go on.
    cover(!isTyped(form));
    trouble.warn(error);
  }
}

/** Hide all of the page but its heading, or show it again. @param {boolean} hidden */
function cover(hidden) {
  for (const part of main().children) {
    if (part instanceof HTMLElement && !part.matches("h1, .step")) part.hidden = hidden;
  }
  const box = document.getElementById("mode-box");
  if (box && state) box.hidden = !state.card;
}

/** Bring the form back on the screen. @param {State} now */
function toForm(now) {
  if (!now.form.isConnected) show(now.page, now.title);
}

/** @param {State} now
 * @param {Typed} typed */
function readersNow({ card, today }, typed) {
  try {
    return card && readers(card, excludedOf(typed), today());
  } catch {
    return null;
  }
}

/** @param {NonNullable<ReturnType<typeof readersNow>>} found */
const named = (found) => found.map(({ handlerId }) => hex(handlerId)).join();

/** Check what was typed, and show it for review or what is wrong with it.
 * @param {State} now */
function review(now, notice = "") {
  const typed = read(now.form);
  const found = readersNow(now, typed);
  if (!now.card) {
    document.getElementById("problem")?.focus();
    return;
  }
  if (now.form.isConnected) marks.clear();
  const wrong = problems(typed, found !== null);
  if (wrong.length || !found) {
    toForm(now);
    marks.show(wrong);
    return;
  }
  trouble.clear();
  if (now.form.isConnected) {
    now.page = [...main().childNodes];
    now.title = document.title;
  }
  now.named = named(found);
  showReview(now.form, typed, now.card, found, notice);
  prepare(now, typed, now.card);
}

/** Lock while the review is read, so that the press of the button only sends.
 * @param {State} now
 * @param {Typed} typed
 * @param {ChannelCard} card */
function prepare(now, typed, card) {
  setTimeout(() => {
    if (state !== now || now.busy || now.form.isConnected) return;
    try {
      lock(now, typed, card);
    } catch {
      // The press of the button tries again, and says what fails.
      now.sealed = null;
    }
  }, BEFORE_LOCKING_MS);
}

/** Lock, unless the same was locked before and is of today or may have been sent.
 * @param {State} now
 * @param {Typed} typed
 * @param {ChannelCard} card
 * @returns {Sealed} */
function lock(now, typed, card) {
  const key = JSON.stringify([typed, hex(card.channelPk)]);
  const day = now.today();
  const { sealed } = now;
  if (sealed?.key === key && (sealed.sent || sealed.day === day)) return sealed;
  const { bytes, words } = sealReport(card, toReport(typed, day));
  now.sealed = { key, bytes, words, day, sent: false, isLost: false };
  return now.sealed;
}

/** Put another page of the site in this one's place; what was typed goes along.
 * @param {State} now
 * @param {string} url
 * @returns {Promise<boolean>} whether the page came */
async function go(now, url) {
  tell(say("fetching"));
  const page = await now.ways.fetchPage(url);
  tell("");
  const form = page?.querySelector("form#report") ?? null;
  if (state !== now || !page || !isForm(form)) {
    if (state === now) trouble.tellWhy("PageLost");
    return false;
  }
  const typed = read(now.form);
  const wasReview = !now.form.isConnected && form.dataset.slug === now.form.dataset.slug;
  emptyFields(now.form);
  adopt(page, url);
  now.form = form;
  putBack(form, typed);
  take(now);
  const left = read(form).excluded?.length !== typed.excluded?.length;
  const notice = left ? say("changed") : "";
  if (wasReview && now.card) review(now, notice);
  else if (now.card) {
    if (notice) document.querySelector("main h1")?.after(stamp("notice-part", { what: notice }));
    main().focus();
  }
  return true;
}

/** Wait until the page has shown what it says. */
const shown = () => new Promise((done) => setTimeout(done));

/** @param {State} now */
async function sealAndSend(now) {
  const typed = read(now.form);
  const found = readersNow(now, typed);
  const { card } = now;
  if (!card || !found || named(found) !== now.named) {
    review(now, say("changed"));
    return;
  }
  trouble.clear();
  tell(say("sealing"));
  await shown();
  const sealed = lock(now, typed, card);
  sealed.sent = true;
  tell(say("sending"));
  const answer = await now.ways.send(sealed.bytes);
  // The page may have been left in between.
  if (state !== now) return;
  tell("");
  if (answer.code === 0 || answer.code === 1) finish(now, sealed, card);
  else if (answer.code === READERS_CHANGED) await lookAgain(now);
  else refused(now, answer);
}

/** The readers changed: bring their new card, and show who reads now. @param {State} now */
async function lookAgain(now) {
  now.sealed = null;
  if ((await go(now, location.pathname)) && now.card) review(now, say("changed"));
}

/** @param {State} now
 * @param {import("./send.js").Answer} answer */
function refused(now, { code, wait }) {
  const isUnsure = now.sealed?.isLost;
  if (code === null) {
    if (now.sealed) now.sealed.isLost = true;
    trouble.tellWhy("Lost");
    const button = document.querySelector("[data-act=seal]");
    if (button) button.textContent = say("again");
    return;
  }
  const reason = REASONS[code] ?? "Malformed";
  const parts = now.page.filter((node) => node instanceof Element);
  const list = parts.find((part) => part.id === "others")?.querySelector("ul");
  const others = reason === "ChannelClosed" ? list?.cloneNode(true) : undefined;
  trouble.tellWhy(reason, { wait: reason === "NotNow" ? wait : null, others, isUnsure });
}

/** It is stored: show the code before anything else can fail, and forget the report.
 * @param {State} now
 * @param {Sealed} sealed
 * @param {ChannelCard} card */
function finish(now, { words, day }, card) {
  for (const button of document.querySelectorAll("button[form]")) button.remove();
  showCode(words, card, day, now.ways.home);
  forget();
}

function forget() {
  const before = state;
  state = null;
  if (!before) return;
  before.page.length = 0;
  before.sealed = null;
  emptyFields(before.form);
  before.form.remove();
}

/** Give the form back to the server's mode: the reporter asked for it. @param {State} now */
function giveBack(now) {
  toForm(now);
  trouble.clear();
  release(now.form);
  now.sealed = null;
  state = null;
  isOurs = false;
  cover(false);
  guard(false);
  setMode("server");
  main().focus();
}

/** @type {Record<string, (now: State, button: HTMLButtonElement) => unknown>} */
const ACTS = {
  review: (now) => review(now),
  seal: sealAndSend,
  change: toForm,
  go: (now, button) => go(now, button.getAttribute("formaction") ?? ""),
  again: (now) => go(now, location.pathname),
  server: giveBack,
};

/** @param {MouseEvent} event */
async function press(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const now = state;
  if (!now || !button) return;
  event.preventDefault();
  if (now.busy) return;
  const act = ACTS[button.hasAttribute("formaction") ? "go" : (button.dataset.act ?? button.value)];
  now.busy = true;
  try {
    await act?.(now, button);
  } catch (error) {
    if (state === now) {
      toForm(now);
      trouble.warn(error);
    }
  } finally {
    now.busy = false;
  }
}

function typing() {
  if (!state) return;
  const { form, room } = state;
  guard(isTyped(form));
  const left = charactersLeft(read(form).text[0] ?? "");
  const place = document.getElementById("text-left");
  const near = left < NEAR_THE_END && left >= 0;
  if (place) place.textContent = near ? say("text-left", { count: number(left) }) : room;
}

/**
 * Take the report's form over, if this browser can lock.
 *
 * @param {HTMLFormElement} form
 * @param {Ways} ways
 * @returns {boolean} whether it was taken
 */
export function takeReport(form, ways) {
  if (!isAble(TEMPLATES)) return false;
  const none = { card: null, named: "", sealed: null, room: "", today: () => "" };
  isOurs = true;
  state = { ways, form, page: [], title: "", busy: false, ...none };
  document.addEventListener("submit", (event) => isOurs && event.preventDefault(), true);
  document.addEventListener("click", press, true);
  document.addEventListener("input", typing);
  onWipe(forget);
  take(state);
  if (state.card) typing();
  return true;
}
