/**
 * Consent from the mailbox: the reporter lets another channel read, and writes for it anew.
 *
 * The form is that of any report to that channel, fetched and taken into this page; its last
 * step seals a report under a fresh code and the consent for this mailbox, and hands in both
 * at once. Mirrors `dropbox/site/views/transfer.py`. Invariants: both or neither; what was
 * typed stays until both are stored; while the report is paused nothing is answered.
 *
 * @module
 */

import { equal, hex } from "../protocol/bytes.js";
import { refuse } from "../protocol/errors.js";
import { readers, sealConsent } from "../reporter/sealing.js";
import { fetchPage } from "./adopt.js";
import { problems } from "./check.js";
import { showCode } from "./code.js";
import { hindrance, outcome } from "./doing.js";
import { button } from "./entrance.js";
import { announce, showView } from "./letters_page.js";
import { emptyFields, guard } from "./memory.js";
import { setMode } from "./mode.js";
import * as marks from "./problems.js";
import { excludedOf, language, showReview, toReport } from "./review.js";
import { main, show } from "./screen.js";
import { handIn } from "./send.js";
import { still } from "./still.js";
import { believe } from "./trust.js";
import { isTyped, putBack, read } from "./typed.js";
import { day, put, say, stamp } from "./words.js";

/** @typedef {import("./visit.js").Visit} Visit */
/** @typedef {import("./typed.js").Typed} Typed */
/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/** @typedef {import("../protocol/letter.js").OpenedReply} OpenedReply */
/** @typedef {import("../reporter/sealing.js").SealedReport} Sealed */
/**
 * The mailbox from which it is answered: how it stands now, reading it anew, the page when it
 * is there no more, and forgetting it once all is done.
 *
 * @typedef {{
 *   visit: () => Visit | null, reread: () => Promise<Visit | null>, today: () => string,
 *   gone: (text: string) => void, done: () => void,
 * }} Home
 */

const TRIES = 2;
const CHANGED = 3;
const READERS = 5;

/** @type {Home} */
let home;
/** @type {OpenedReply} */
let answers;
/** @type {ChannelCard} */
let card;
/** @type {HTMLFormElement | null} */
let form = null;
/** @type {readonly Node[]} the form's screen while the review is shown */
let page = [];
let title = "";
let named = "";
/** @type {{ from: string, day: string, made: Sealed } | null} what may have arrived */
let sealed = null;

/** Tell whether something was typed for the other channel. */
export const isWriting = () => !!form && isTyped(form);

/** Forget all that was typed and sealed. */
export function forget() {
  if (form) emptyFields(form);
  form = sealed = null;
  page = [];
}

/**
 * Show the question with the form of the other channel.
 *
 * @param {Home} from
 * @param {OpenedReply} asked
 */
export async function begin(from, asked) {
  home = from;
  answers = asked;
  const found = home.visit()?.cards.get(hex(asked.reply.transfer ?? new Uint8Array()));
  if (!found) return announce("problem", say("cannot-other"));
  const fetched = await fetchPage(`/${language()}/report/${found.slug}`);
  const other = fetched?.querySelector("form#report");
  if (!home.visit()) return;
  if (!fetched || !(other instanceof HTMLFormElement)) return announce("problem", say("form-lost"));
  card = believe(other, home.today());
  if (!equal(card.channelPk, found.channelPk)) refuse("ForeignCard");
  takeWords(fetched);
  form = document.adoptNode(other);
  still(form);
  form.querySelector("button[value=review]")?.setAttribute("data-act", "review");
  showForm();
}

/** Take over the words and parts of the form's page; those that are here already stay.
 * @param {Document} fetched */
function takeWords(fetched) {
  for (const part of fetched.querySelectorAll("template")) {
    const here = document.querySelector(`template#${part.id}`);
    if (!here) document.body.append(document.adoptNode(part));
    else if (part.id === "words" && here instanceof HTMLTemplateElement) {
      here.content.append(part.content);
    }
  }
}

function showForm() {
  if (!form) return;
  const texts = card.texts[language()];
  const { handler, reply } = answers;
  showView("view-consent", {
    heading: say("consent-title", { name: texts.name }),
    head: `${handler.role[language()]}, ${day(reply.day)}`,
    text: reply.text,
    reads: say("consent-reads", { name: texts.name }),
    about: `${texts.runs} ${say(`place-${+card.external}${+card.independent}`)}. ${texts.about}`,
    to: say("consent-to", { name: texts.name, reads: texts.reads }),
    form: [form],
  });
  setMode("browser");
  title = document.title;
}

/** Return to whom it would be sealed, or null when nobody is left. @param {Typed} typed */
function readersNow(typed) {
  try {
    return readers(card, excludedOf(typed), home.today());
  } catch {
    return null;
  }
}

/** @param {NonNullable<ReturnType<typeof readersNow>>} found */
const namesOf = (found) => found.map(({ handlerId }) => hex(handlerId)).join();

/** Bring the form back. */
function toForm() {
  if (form && !form.isConnected) show(page, title);
}

/** Check what was typed, and show all that would be sent.
 * @param {string} [notice] */
function review(notice = "") {
  if (!form) return;
  const typed = read(form);
  const found = readersNow(typed);
  if (form.isConnected) marks.clear();
  const wrong = problems(typed, found !== null);
  if (wrong.length || !found) {
    toForm();
    return marks.show(wrong);
  }
  if (form.isConnected) page = [...main().childNodes];
  named = namesOf(found);
  showReview(form, typed, card, found, notice);
  const first = home.visit()?.card?.texts[language()].name ?? "";
  main().querySelector("dl")?.prepend(stamp("view-consent-rows", { goes: say("consent-goes", { name: first }) }));
  setText(".step", say("consent-step-2"));
  setText("[data-act=seal]", say("consent-send"));
}

/** @param {string} selector
 * @param {string} text */
function setText(selector, text) {
  const place = main().querySelector(selector);
  if (place) put(place, text);
}

/** Seal what was reviewed; the very same again as long as nothing changed.
 * @param {Typed} typed */
function seal(typed) {
  const from = JSON.stringify(typed);
  if (sealed?.from === from) return sealed;
  const { box, card: own } = /** @type {Visit} */ (home.visit());
  if (!box.thread || !own) refuse("NoReader");
  const today = home.today();
  const made = sealConsent(box.thread, own, answers, card, toReport(typed, today));
  sealed = { from, day: today, made };
  return sealed;
}

async function send() {
  if (!form) return;
  const typed = read(form);
  const found = readersNow(typed);
  if (!found || namesOf(found) !== named) return review(say("changed"));
  for (let left = TRIES; left; left--) {
    const visit = home.visit();
    if (!visit) return;
    const words = sealed ? "" : hindrance(visit, "consent", home.today());
    if (words) return announce("problem", say(words));
    const { bytes } = seal(typed).made;
    const { code } = await handIn("/sealed/consent", bytes);
    if (!home.visit()) return;
    if (code !== CHANGED) return tellOutcome(visit, code, bytes);
    sealed = null;
    if (!(await home.reread())) return home.gone(typed.text[0] ?? "");
  }
  announce("problem", say("mailbox-changed"));
}

/** @param {Visit} visit
 * @param {number | null} code
 * @param {Uint8Array} bytes */
async function tellOutcome(visit, code, bytes) {
  const found = outcome(visit, "consent", code, bytes);
  if (found.isDone) return finish();
  if (!found.visit) return home.gone(form ? (read(form).text[0] ?? "") : "");
  if (!found.lost) sealed = null;
  if (code === READERS) {
    const now = await home.reread();
    card = now?.cards.get(hex(card.channelPk)) ?? card;
    return review(say("changed"));
  }
  announce("problem", say(found.words), found.lost ? [button("seal", say("again"))] : []);
}

/** Both are stored: forget everything but the new code, and show that. */
function finish() {
  if (!sealed) return;
  const { made, day: filed } = sealed;
  const [step, kept] = [
    say("consent-step-3"),
    say("consent-code", { name: card.texts[language()].name }),
  ];
  made.key.fill(0);
  forget();
  home.done();
  showCode(made.words, card, filed);
  setText(".step", step);
  const note = document.createElement("p");
  put(note, kept);
  document.getElementById("words")?.after(note);
}

/** Show the form again in a page of another language, with what was typed.
 * @returns {() => Promise<void>} what to do once that page stands */
export function moving() {
  const typed = form && read(form);
  const [from, asked] = [home, answers];
  return async () => {
    if (!typed) return;
    await begin(from, asked);
    if (form) putBack(form, typed);
    guard(isWriting());
  };
}

/** @type {Record<string, () => unknown>} */
export const ACTS = { review: () => review(), seal: send, change: toForm };
