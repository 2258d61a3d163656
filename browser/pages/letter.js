/**
 * The script of the offline letter: a report is filled in and locked as on the site, and then
 * saved as a file instead of being sent.
 *
 * Invariants: nothing here can reach a network, and the page's own policy forbids it; the
 * locked bytes are on this page only until it is left, and on the disk only when asked for.
 *
 * @module
 */

import { hex } from "../protocol/bytes.js";
import { addMonths } from "../protocol/days.js";
import { isAble } from "./able.js";
import * as away from "./away.js";
import { bestBefore, readCards } from "./letter_cards.js";
import * as memory from "./memory.js";
import { excludedOf, language } from "./review.js";
import { takeReport } from "./report.js";
import { showPart, tell } from "./screen.js";
import { putBack, read } from "./typed.js";
import { day, fill, say, stamp } from "./words.js";

/** @typedef {import("./letter_cards.js").Found} Found */
/** @typedef {import("./typed.js").Typed} Typed */

const TEMPLATES = ["refused-part", "card-part", "option-part", "choose-part", "form-part"];
const QUARTERS_SHOWN = 8;
const MONTHS_PER_QUARTER = 3;
const KEPT_MS = 60_000;

/** The day by the only clock there is. */
const today = () => new Date().toISOString().slice(0, 10);

/** @type {Found[]} */
let channels = [];
/** @type {{ form: HTMLFormElement, slug: string } | null} */
let open = null;
/** @type {Typed | null} */
let typed = null;
/** @type {Uint8Array<ArrayBuffer> | null} */
let locked = null;
/** What is said once the file is saved: the page's words are gone by then. */
let saved = "";

/** @param {"Altered" | "Old" | "Early"} reason */
function refuse(reason) {
  showPart("refused-part", {
    title: say(`${reason}-title`),
    what: say(reason, { today: day(today()) }),
    else: say(`${reason}-else`),
  });
  document.getElementById("problem")?.setAttribute("data-reason", reason);
}

/** @param {Found} found */
function asChoice({ card }) {
  const { external, independent, fingerprint } = card;
  const place = `${external ? "outside" : "inside"}${independent ? "" : "-bound"}`;
  const made = stamp("card-part", { ...card.texts[language()], place: say(place), fingerprint });
  const radio = /** @type {HTMLInputElement} */ (made.querySelector("input"));
  radio.value = card.slug;
  radio.id = `channel-${card.slug}`;
  radio.checked = card.slug === open?.slug;
  return made;
}

/** Step 1: who reads it. What was typed waits. */
function choose() {
  const { found, old, refused } = readCards(document, today());
  channels = found;
  if (refused) {
    refuse(refused);
    return;
  }
  showPart("choose-part", { cards: found.map(asChoice), partly: old ? say("partly-old") : "" });
}

function choices() {
  const [year, month] = today().split("-").map(Number);
  const start = `${year}-${String(month).padStart(2, "0")}-01`;
  return Array.from({ length: QUARTERS_SHOWN }, (_none, back) => {
    const [then, at] = addMonths(start, -back * MONTHS_PER_QUARTER).split("-").map(Number);
    const quarter = Math.ceil(at / MONTHS_PER_QUARTER);
    return new Option(say(`quarter-${quarter}`, { year: `${then}` }), `${then}-Q${quarter}`);
  });
}

/** @param {import("./letter_cards.js").ChannelCard} card */
function options(card) {
  return card.handlers.map(({ handlerId, role }, at) => {
    const made = stamp("option-part", { role: role[language()] });
    const box = /** @type {HTMLInputElement} */ (made.querySelector("input"));
    box.value = hex(handlerId);
    if (!at) box.id = "excluded-0";
    return made;
  });
}

/**
 * Step 2: the form of a channel; from here on the report's own module leads.
 *
 * @param {Found} found
 */
function write({ place, card }) {
  const isOther = open !== null && open.slug !== card.slug && Boolean(typed?.excluded?.length);
  const notice = isOther ? stamp("notice-part", { what: say("changed") }) : "";
  showPart("form-part", { ...card.texts[language()], notice });
  const form = /** @type {HTMLFormElement} */ (document.querySelector("form#report"));
  Object.assign(form.dataset, place.dataset, { day: today() });
  form.querySelector("#excluded")?.append(...options(card));
  form.querySelector("#period option")?.after(...choices());
  if (typed) putBack(form, typed);
  typed = null;
  open = { form, slug: card.slug };
  takeReport(form, { send: keep, fetchPage: async () => null });
}

/**
 * Keep the locked letter until it is saved, and say until when it should be handed in.
 *
 * @param {Uint8Array} bytes
 */
async function keep(bytes) {
  const found = channels.find(({ card }) => card.slug === open?.slug);
  const part = document.querySelector("template#code-part");
  if (!found || !open || !(part instanceof HTMLTemplateElement)) throw new Error("no channel");
  const until = bestBefore(found.card, excludedOf(read(open.form)), today());
  fill(part.content, { until: day(until) });
  locked = new Uint8Array(bytes);
  saved = say("saved");
  return { code: 0, wait: null };
}

function save() {
  if (!locked) return;
  const url = URL.createObjectURL(new Blob([locked], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${language() === "nl" ? "brief" : "letter"}.meldkluis`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
  tell(saved);
}

function take() {
  const chosen = document.querySelector("input[name=channel]:checked");
  const found = channels.find(
    ({ card }) => chosen instanceof HTMLInputElement && card.slug === chosen.value,
  );
  if (found) write(found);
  else needed();
}

/** Say that a channel is to be chosen first. */
function needed() {
  const group = /** @type {HTMLElement} */ (document.getElementById("channel"));
  document.getElementById("channel-problem")?.remove();
  const made = /** @type {Element} */ (
    stamp("problem-part", { what: say("choose-first") }).firstElementChild
  );
  made.id = "channel-problem";
  group.querySelector("label")?.before(made);
  group.setAttribute("aria-describedby", made.id);
  group.querySelector("input")?.focus();
}

/** @param {MouseEvent} event */
function press(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const act = button?.dataset.act;
  if (act === "take") {
    event.preventDefault();
    take();
  } else if (act === "choose" && open) {
    typed = read(open.form);
    choose();
  } else if (act === "save") {
    save();
  }
}

function forget() {
  typed = locked = open = null;
  channels = [];
}

function start() {
  if (!isAble(TEMPLATES)) return;
  memory.onWipe(forget);
  document.addEventListener("submit", (event) => event.preventDefault(), true);
  document.addEventListener("click", press, true);
  choose();
}

away.install();
memory.install();
start();
