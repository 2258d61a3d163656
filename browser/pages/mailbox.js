/**
 * The mailbox in browser mode: the code is typed, read and forgotten on this device.
 *
 * Invariants: nothing of the form is ever posted by the browser itself; the code and its
 * keys live in one opening, which closing, leaving and ten idle minutes wipe; a text that
 * was typed stays until it is stored. No silent fallback: what fails here is said, and only
 * the reader's own press gives the form back to the server.
 *
 * @module
 */

import { unhex } from "../protocol/bytes.js";
import { Refused } from "../protocol/errors.js";
import { adopt, fetchPage } from "./adopt.js";
import { isBlank, storyProblem } from "./check.js";
import * as doing from "./doing.js";
import * as entrance from "./entrance.js";
import { whenIdle } from "./idle.js";
import { announce, answerOf, keepText, showMailbox, showView } from "./letters_page.js";
import { guard, onWipe } from "./memory.js";
import { setMode } from "./mode.js";
import * as marks from "./problems.js";
import { main, tell } from "./screen.js";
import { Seen } from "./seen.js";
import { clean } from "./typed.js";
import { forget, readCode, visit } from "./visit.js";
import { say } from "./words.js";

/** @typedef {import("./visit.js").Visit} Visit */
/** @typedef {import("./doing.js").Outcome} Outcome */
/** @typedef {import("../reporter/sealing.js").Saying} Saying */
/** @typedef {(pressed: HTMLElement) => void | Promise<void>} Act what a button does */
/** @typedef {"mailbox" | "withdraw" | "other"} View */

class Mailbox {
  #form;
  #siteId;
  /** @type {(() => string) | null} null while a clock is wrong */
  #today;
  #door = new entrance.Entrance();
  /** @type {Visit | null} */
  #visit = null;
  #seen = new Seen();
  /** @type {View} */
  #view = "other";
  #isBusy = false;
  /** A text that is being written, while another view is shown. */
  #draft = "";
  /** @type {{ said: Saying, bytes: doing.Bytes } | null} what may have arrived */
  #lost = null;

  /** @type {Record<string, Act>} */
  #acts = {
    open: () => this.#open(),
    message: () => this.#message(),
    hold: () => this.#send({ kind: "hold" }),
    resume: () => this.#send({ kind: "resume" }),
    refuse: (pressed) => this.#refuse(pressed),
    again: () => this.#again(),
    older: () => this.#older(),
    withdraw: () => this.#showWithdraw(),
    "withdraw-now": () => this.#withdraw(),
    back: () => this.#show(),
    lock: () => this.#close("locked"),
    check: () => this.#check(),
    server: () => this.#giveBack(),
  };

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#siteId = unhex(form.dataset.site ?? "") ?? new Uint8Array();
    this.#still();
    this.#today = entrance.clockOf(form);
    onWipe(() => this.#forget());
    whenIdle(() => this.#idle());
    this.#listen();
  }

  /** Let the form be sent by nobody; a dialog's form does nothing outside of one. */
  #still() {
    if (typeof HTMLDialogElement === "function") this.#form.method = "dialog";
  }

  #listen() {
    document.addEventListener("submit", this.#onSubmit);
    document.addEventListener("click", this.#onClick);
    document.addEventListener("input", () => guard(this.#text() !== ""));
  }

  /** @param {Event} event */
  #onSubmit = (event) => {
    event.preventDefault();
    if (event.target === this.#form) void this.#run(this.#acts.open, this.#form);
  };

  /** @param {Event} event */
  #onClick = (event) => {
    const { target } = event;
    const pressed = target instanceof Element && target.closest("[data-act], a[hreflang]");
    if (!(pressed instanceof HTMLElement)) return;
    const act = this.#acts[pressed.dataset.act ?? ""];
    if (pressed instanceof HTMLAnchorElement) {
      event.preventDefault();
      void this.#run(() => this.#speak(pressed.href), pressed);
    } else if (act) {
      event.preventDefault();
      void this.#run(act, pressed);
    }
  };

  /**
   * Do one thing at a time; say it when it fails, and lose nothing.
   *
   * @param {Act} act
   * @param {HTMLElement} pressed
   */
  async #run(act, pressed) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const busy = document.getElementById("busy");
    if (busy) pressed.closest(".actions, p")?.after(busy);
    try {
      await act(pressed);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isBusy = false;
      tell("");
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    const isAnswer = error instanceof Refused && error.reason === "MalformedMailboxPage";
    if (isAnswer) announce("problem", say("open-cut"));
    else if (this.#visit) announce("problem", say("mailbox-failed"));
    else entrance.offerServer(say("open-failed"));
  }

  /** Return the text that is being written. */
  #text() {
    const field = document.getElementById("message-text");
    return field instanceof HTMLTextAreaElement ? clean(field.value) : this.#draft;
  }

  /**
   * Read the mailbox of a key from the server.
   *
   * @param {Uint8Array<ArrayBuffer> | null} key
   * @param {number} [older]
   */
  #read(key, older = 0) {
    tell(say("wait"));
    return visit(this.#siteId, key, this.#today?.() ?? "", older);
  }

  async #open() {
    marks.clear();
    announce("notice", "");
    this.#today ??= entrance.clockOf(this.#form);
    if (!this.#today) return;
    announce("problem", "");
    const typed = entrance.codeField().value;
    try {
      const found = await this.#read(readCode(typed));
      if (!found) return this.#showUnknown("");
      this.#visit = found;
      this.#door.empty();
      this.#show();
    } catch (error) {
      if (!(error instanceof Refused) || error.reason === "MalformedMailboxPage") throw error;
      entrance.showCodeProblem(error, typed);
    }
  }

  /**
   * Show the mailbox as it was last read.
   *
   * @param {string} [notice]
   * @param {string} [problem]
   * @param {string} [text] a message that is being written
   */
  #show(notice = "", problem = "", text = this.#text()) {
    if (!this.#visit) return;
    const { pages, box } = this.#visit;
    const isOlder = this.#seen.isOlder(pages, box.memo);
    showMailbox(this.#visit, this.#today?.() ?? "", text);
    this.#view = "mailbox";
    guard(text !== "");
    announce("notice", notice);
    announce("problem", [problem, isOlder ? say("open-older") : ""].filter(Boolean).join(" "));
  }

  async #reread(older = this.#visit?.older ?? 0) {
    const before = this.#visit;
    const found = before && (await this.#read(before.key, older));
    // The mailbox may have been closed in between.
    if (found && this.#visit === before) this.#visit = found;
    return this.#visit && found;
  }

  async #older() {
    const found = await this.#reread((this.#visit?.older ?? 0) + 1);
    if (found) this.#show();
    else if (this.#visit) this.#showUnknown(this.#text());
  }

  #message() {
    const text = this.#text();
    marks.clear();
    const message = isBlank(text) ? say("message-empty") : storyProblem(text);
    if (message) return marks.show([{ field: "message-text", message }]);
    return this.#send({ kind: "message", text });
  }

  /** @param {HTMLElement} pressed */
  #refuse(pressed) {
    const answers = this.#visit && answerOf(this.#visit, pressed);
    return answers ? this.#send({ kind: "refusal", answers }) : undefined;
  }

  #again() {
    return this.#lost ? this.#send(this.#lost.said) : undefined;
  }

  /** @param {Saying} said */
  async #send(said) {
    const now = this.#visit;
    if (!now || !this.#today) return;
    tell(say("wait"));
    // What may have arrived goes out again as the very same bytes, so that it is stored once.
    const before = this.#lost && isSame(this.#lost.said, said) ? this.#lost.bytes : null;
    const found = await doing.act(now, said, this.#today(), () => this.#reread(), before);
    if (!this.#visit) return;
    this.#lost = found.lost && { said, bytes: found.lost };
    if (found.visit) await this.#tell(found, said.kind);
    else this.#showUnknown(this.#text());
  }

  /**
   * Say how it ended, and show the mailbox as it is now.
   *
   * @param {Outcome} found
   * @param {string} kind
   */
  async #tell({ words, isDone, visit: sent, isStale }, kind) {
    const said = words && say(words);
    const text = isDone && kind === "message" ? "" : this.#text();
    if (isDone && sent?.box.memo) {
      this.#seen.sent({ turn: sent.box.turn, number: sent.box.memo.number + 1 });
    }
    const isRead = isStale && (await this.#tryReread());
    if (!this.#visit) return;
    if (isRead === null) this.#showUnknown(text);
    else if (isDone && !isRead) this.#showDone(said, text);
    else this.#show(isDone ? said : "", isDone ? "" : said, text);
    if (this.#lost) announce("problem", said, [entrance.button("again", say("again"))]);
  }

  /**
   * It is stored; that the mailbox cannot be read now changes nothing about that.
   *
   * @param {string} said
   * @param {string} text
   */
  #showDone(said, text) {
    if (!this.#visit || !this.#today) return;
    showMailbox(this.#visit, this.#today(), text);
    guard(text !== "");
    announce("notice", `${said} ${say("sent-unread")}`);
  }

  /** Return whether it was read; null when it is there no more. */
  async #tryReread() {
    try {
      return (await this.#reread()) ? true : null;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  #showWithdraw() {
    this.#draft = this.#text();
    showView("view-withdraw");
    this.#view = "withdraw";
  }

  async #withdraw() {
    const now = this.#visit;
    if (!now) return;
    tell(say("wait"));
    const found = await doing.withdraw(now);
    if (!this.#visit) return;
    if (found.isDone) {
      this.#forget();
      showView("view-withdrawn");
    } else if (!found.visit) this.#showUnknown("");
    else announce("problem", say(found.words));
  }

  /** @param {string} text what was typed, to give it back */
  #showUnknown(text) {
    this.#forget();
    showView("view-unknown", { kept: !!text });
    keepText(text);
    guard(text !== "");
  }

  /** Forget the opening and everything that came out of it. */
  #forget() {
    if (this.#visit) forget(this.#visit);
    this.#visit = null;
    this.#lost = null;
    this.#seen = new Seen();
    this.#draft = "";
    this.#view = "other";
    this.#door.empty();
    guard(false);
  }

  /**
   * Close the mailbox: the empty form for a code is all that is left.
   *
   * @param {string} name of the words that say why
   */
  #close(name) {
    this.#forget();
    this.#door.show(name && say(name));
  }

  #idle() {
    if (this.#visit && !this.#text()) this.#close("idle");
  }

  /** Look at the clocks again, after the reader set theirs. */
  #check() {
    announce("problem", "");
    this.#today = entrance.clockOf(this.#form);
  }

  /** Give the form back to the server: from here on the page says so, and nothing here acts. */
  #giveBack() {
    announce("problem", "");
    document.removeEventListener("submit", this.#onSubmit);
    document.removeEventListener("click", this.#onClick);
    this.#form.method = "post";
    setMode("server");
    entrance.codeField().focus();
  }

  /**
   * Go on in the other language.
   *
   * @param {string} url
   */
  async #speak(url) {
    tell(say("wait"));
    const page = await fetchPage(url);
    const form = page?.querySelector("form#enter");
    const isOurs = form instanceof HTMLFormElement && form.dataset.site === this.#form.dataset.site;
    if (!page || !isOurs) {
      announce("problem", say("page-lost"));
      return;
    }
    const [text, code, view] = [this.#text(), entrance.codeField()?.value ?? "", this.#view];
    this.#door.empty();
    adopt(page, url);
    this.#form = form;
    this.#still();
    this.#door = new entrance.Entrance();
    if (!this.#visit) {
      entrance.codeField().value = code;
      return main().focus();
    }
    this.#draft = text;
    if (view === "withdraw") this.#showWithdraw();
    else this.#show();
  }
}

/**
 * @param {Saying} one
 * @param {Saying} other
 */
function isSame(one, other) {
  return one.kind === other.kind && one.text === other.text && one.answers === other.answers;
}

/**
 * Take over the form of the mailbox, if this browser can open one.
 *
 * @param {HTMLFormElement} form
 * @returns {boolean} whether it was taken over
 */
export function takeMailbox(form) {
  if (!entrance.canOpen()) return false;
  new Mailbox(form);
  return true;
}
