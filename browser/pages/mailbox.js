/**
 * The mailbox in browser mode: the code is typed, read and forgotten on this device.
 *
 * Owns the one opening of the page. Invariants: nothing of the form is ever posted by the
 * browser itself; the code and its keys live in one opening, which closing, leaving and ten
 * idle minutes wipe; a text that was typed stays until it is stored. No silent fallback:
 * what fails here is said, and only the reader's own press gives the form to the server.
 *
 * @module
 */

import { Refused } from "../protocol/errors.js";
import { adopt, fetchPage } from "./adopt.js";
import { isBlank, storyProblem } from "./check.js";
import * as consent from "./consent.js";
import * as doing from "./doing.js";
import * as entrance from "./entrance.js";
import { whenIdle } from "./idle.js";
import { announce, answerOf, keepText, showMailbox, showView } from "./letters_page.js";
import { guard, onWipe } from "./memory.js";
import { setMode } from "./mode.js";
import * as marks from "./problems.js";
import { main, tell } from "./screen.js";
import * as seen from "./seen.js";
import { giveBack as release, still } from "./still.js";
import { clean } from "./typed.js";
import { forget, prepare, readCode, visit } from "./visit.js";
import { say } from "./words.js";

/** @typedef {import("./visit.js").Visit} Visit */
/** @typedef {import("../reporter/sealing.js").Saying} Saying */
/** @typedef {(pressed: HTMLElement) => unknown} Act what a button does */

/** @type {HTMLFormElement} */
let form;
/** @type {(() => string) | null} null while a clock is wrong */
let today = null;
/** @type {Visit | null} */
let opened = null;
/** @type {{ said: Saying, bytes: doing.Bytes } | null} what may have arrived */
let lost = null;
/** A text that is being written, while another view is shown. */
let draft = "";
let isBusy = false;
let isOurs = true;

/** Return the text that is being written. */
function text() {
  const field = document.getElementById("message-text");
  return field instanceof HTMLTextAreaElement ? clean(field.value) : draft;
}

/** Forget the opening and everything that came out of it. */
function forgetAll() {
  if (opened) forget(opened);
  opened = lost = null;
  draft = "";
  consent.forget();
  seen.forget();
  entrance.empty();
  guard(false);
}

/**
 * Close the mailbox: the empty form for a code is all that is left.
 *
 * @param {string} name of the words that say why
 */
function close(name) {
  forgetAll();
  entrance.show(say(name));
}

/**
 * Read the mailbox of a key from the server.
 *
 * @param {Uint8Array | null} key
 * @param {number} [older]
 */
function readMailbox(key, older) {
  tell(say("wait"));
  return visit(entrance.siteOf(form), key, today?.() ?? "", older);
}

/** @param {number} [older] how many older pages to read */
async function reread(older = opened?.older) {
  const before = opened;
  const found = before && (await readMailbox(before.key.slice(), older));
  // The mailbox may have been closed in between.
  if (!before || opened !== before) return null;
  if (!found) return null;
  opened = found;
  forget(before);
  return found;
}

async function open() {
  marks.clear();
  announce("notice", "");
  today ??= entrance.clockOf(form);
  if (!today) return;
  entrance.takeBackOffer();
  const typed = entrance.codeField().value;
  try {
    opened = await readMailbox(readCode(typed));
    entrance.empty();
    if (opened) show();
    else showUnknown("");
  } catch (error) {
    if (!entrance.showCodeProblem(error, typed)) throw error;
  }
}

/**
 * Show the mailbox as it was last read.
 *
 * @param {string} [notice]
 * @param {string} [problem]
 * @param {string} [written] a message that is being written
 */
function show(notice = "", problem = "", written = text()) {
  if (!opened) return;
  const isOlder = seen.isOlder(opened.pages, opened.box.memo);
  showMailbox(opened, today?.() ?? "", written);
  guard(written !== "");
  announce("notice", notice);
  announce("problem", [problem, isOlder && say("open-older")].filter(Boolean).join(" "));
}

/** @param {string} written what was typed, to give it back */
function showUnknown(written) {
  forgetAll();
  showView("view-unknown", { kept: !!written });
  keepText(written);
  guard(written !== "");
}

async function showOlder() {
  const letters = () => main().querySelectorAll("article.letter h3");
  const before = letters().length;
  const found = await reread((opened?.older ?? 0) + 1);
  if (found) {
    show();
    // The reader goes on where the letters ended, not at the top again.
    const next = letters()[before];
    if (next instanceof HTMLElement) {
      next.tabIndex = -1;
      next.focus();
    }
  } else if (opened) showUnknown(text());
}

function sendMessage() {
  const said = text();
  marks.clear();
  const message = isBlank(said) ? say("message-empty") : storyProblem(said);
  if (!message) return send({ kind: "message", text: said });
  return marks.show([{ field: "message-text", message }]);
}

/** @param {HTMLElement} pressed */
function refuse(pressed) {
  const answers = opened && answerOf(opened, pressed);
  return answers && send({ kind: "refusal", answers });
}

/** @param {HTMLElement} pressed */
function agree(pressed) {
  const answers = opened && answerOf(opened, pressed);
  if (!answers) return;
  draft = text();
  tell(say("wait"));
  return consent.begin(
    {
      visit: () => opened,
      reread: () => reread(),
      today: () => today?.() ?? "",
      gone: showUnknown,
      done: forgetAll,
    },
    answers,
  );
}

/** Go back to the mailbox; what was typed for another channel is left behind. */
function back() {
  consent.forget();
  show();
}

/** @param {Saying} said */
async function send(said) {
  if (!opened || !today) return;
  tell(say("wait"));
  // What may have arrived goes out again as the very same bytes, so that it is stored once.
  const before = lost && isSame(lost.said, said) ? lost.bytes : null;
  const found = await doing.act(opened, said, today(), reread, before);
  if (!opened) return;
  lost = found.lost && { said, bytes: found.lost };
  if (found.visit) await tellOutcome(found, said);
  else showUnknown(text());
}

/**
 * Say how it ended, and show the mailbox as it is now.
 *
 * @param {doing.Outcome} found
 * @param {Saying} sealed
 */
async function tellOutcome({ words, isDone, visit: sent, isStale }, sealed) {
  const said = words && say(words);
  if (isDone && sent?.box.memo) seen.sent(sent.box.turn, sent.box.memo.number + 1);
  const now = isStale ? await tryReread() : opened;
  if (!opened) return;
  // What was typed since stays; only what was sent goes.
  const left = isDone && sealed.text === text() ? "" : text();
  if (now === null) showUnknown(left);
  else if (isDone) {
    show(now ? said : `${said} ${say("sent-unread")}`, "", left);
  } else show("", said, left);
  if (lost) announce("problem", said, [entrance.button("again", say("again"))]);
}

/** Read again; null when it is there no more, undefined when it cannot be read now. */
async function tryReread() {
  try {
    return await reread();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function showWithdraw() {
  draft = text();
  showView("view-withdraw");
}

async function withdraw() {
  if (!opened) return;
  tell(say("wait"));
  const found = await doing.withdraw(opened);
  if (!opened) return;
  if (found.isDone) {
    forgetAll();
    showView("view-withdrawn");
  } else if (found.visit) announce("problem", say(found.words));
  else showUnknown("");
}

/**
 * Go on in the other language.
 *
 * @param {string} url
 */
async function speak(url) {
  tell(say("wait"));
  const page = await fetchPage(url);
  const other = entrance.formOf(page);
  if (!page || other?.dataset.site !== form.dataset.site) {
    announce("problem", say("page-lost"));
    return;
  }
  const isWithdrawing = !!document.querySelector("[data-act=withdraw-now]");
  const code = entrance.codeField()?.value ?? "";
  draft = text();
  const moved = consent.moving();
  entrance.empty();
  adopt(page, url);
  take(/** @type {HTMLFormElement} */ (other));
  if (isWithdrawing) showWithdraw();
  else if (opened) {
    show();
    await moved();
  }
  else {
    entrance.codeField().value = code;
    main().focus();
  }
}

/** Give the form back to the server: from here on the page says so, and nothing here acts. */
function giveBack() {
  entrance.takeBackOffer();
  isOurs = false;
  release(form);
  setMode("server");
  entrance.codeField().focus();
}

/** Look at the clocks again, after the reader set theirs. */
function checkClock() {
  entrance.takeBackOffer();
  today = entrance.clockOf(form);
}

/** @type {Record<string, Act>} */
const ACTS = {
  open,
  message: sendMessage,
  hold: () => send({ kind: "hold" }),
  resume: () => send({ kind: "resume" }),
  refuse,
  again: () => lost && send(lost.said),
  older: showOlder,
  withdraw: showWithdraw,
  "withdraw-now": withdraw,
  back,
  consent: agree,
  ...consent.ACTS,
  lock: () => close("locked"),
  check: checkClock,
  server: giveBack,
};

/**
 * Do one thing at a time; say it when it fails, and lose nothing.
 *
 * @param {Act} act
 * @param {HTMLElement} pressed
 */
async function run(act, pressed) {
  if (isBusy) return;
  isBusy = true;
  const busy = document.getElementById("busy");
  if (busy) pressed.closest(".actions")?.after(busy);
  try {
    await act(pressed);
  } catch (error) {
    const reason = error instanceof Refused ? error.reason : "";
    if (reason === "MalformedMailboxPage") announce("problem", say("open-cut"));
    else if (reason === "StoreFailed") announce("problem", say("mailbox-trouble"));
    else if (opened) announce("problem", say("mailbox-failed"));
    else entrance.offerServer(say("open-failed"));
  } finally {
    isBusy = false;
    tell("");
  }
}

/**
 * Let a form be sent by nobody, and remember its page to go back to.
 *
 * @param {HTMLFormElement} found
 */
function take(found) {
  form = found;
  still(form);
  entrance.remember();
}

/** @param {Event} event */
function onClick(event) {
  const { target } = event;
  const pressed = target instanceof Element && target.closest("[data-act], a[hreflang]");
  if (!isOurs || !(pressed instanceof HTMLElement)) return;
  const { href } = /** @type {HTMLAnchorElement} */ (pressed);
  const act = href ? () => speak(href) : ACTS[pressed.dataset.act ?? ""];
  if (!act) return;
  event.preventDefault();
  void run(act, pressed);
}

/**
 * Take over the form of the mailbox, if this browser can open one.
 *
 * @param {HTMLFormElement} found
 */
export function takeMailbox(found) {
  if (!entrance.canOpen()) return;
  take(found);
  today = entrance.clockOf(form);
  if (today) void prepare(entrance.siteOf(form), today());
  onWipe(forgetAll);
  whenIdle(() => {
    if (opened && !text() && !consent.isWriting()) close("idle");
  });
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => {
    if (!isOurs) return;
    event.preventDefault();
    const act = event.target === form ? open : ACTS.review;
    void run(act, form);
  });
  document.addEventListener("input", () => {
    guard(!!opened && (text() !== "" || consent.isWriting()));
  });
}

/**
 * @param {Saying} one
 * @param {Saying} other
 */
function isSame(one, other) {
  return one.kind === other.kind && one.text === other.text && one.answers === other.answers;
}
