/**
 * The review: everything that will be sent, in words, and to whom.
 *
 * Invariants: what is not listed is not sent; who is not listed gets nothing.
 *
 * @module
 */

import { equal, hex, unhex } from "../protocol/bytes.js";
import { isBlank } from "./check.js";
import * as hints from "./hints.js";
import { showPart } from "./screen.js";
import { fieldsOf, isChoice } from "./typed.js";
import { put, say, stamp } from "./words.js";

/** @typedef {import("./typed.js").Typed} Typed */
/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/** @typedef {import("../reporter/sealing.js").Report} Report */
/** @typedef {ReturnType<typeof import("../reporter/sealing.js").readers>} Readers */
/** @typedef {Parameters<typeof import("../reporter/sealing.js").sealReport>[1]} Filled */

/** The page's language, one of those that a card has texts in. */
export const language = () => (document.documentElement.lang === "en" ? "en" : "nl");

/** @param {Typed} typed */
export const excludedOf = (typed) =>
  (typed.excluded ?? []).map((id) => /** @type {Uint8Array} */ (unhex(id)));

/** @param {string} [text] */
const unlessBlank = (text = "") => (isBlank(text) ? "" : text);

/**
 * Return a checked form as the report to seal.
 *
 * @param {Typed} typed
 * @param {string} today
 * @returns {Filled}
 */
export function toReport(typed, today) {
  const one = (/** @type {string} */ name) => typed[name]?.[0] ?? "";
  return {
    day: today,
    mode: one("mode"),
    language: language(),
    text: one("text"),
    excluded: excludedOf(typed),
    name: unlessBlank(one("name")),
    contact: unlessBlank(one("contact")),
    conduct: typed.conduct ?? [],
    grounds: typed.grounds ?? [],
    unit: one("unit"),
    period: one("period"),
    worksWithSubject: one("works_with_subject"),
    supporter: one("supporter"),
  };
}

/**
 * Return the words beside what was chosen under a name; where there are none, what is sent.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function chosen(form, name) {
  const found = fieldsOf(form).filter((field) => field.name === name && field.value);
  return found
    .flatMap((field) => {
      const label =
        field instanceof HTMLSelectElement
          ? field.selectedOptions[0].text
          : (field.closest("label")?.querySelector("span")?.textContent ?? "");
      if (isChoice(field) && !field.checked) return [];
      return isBlank(label) ? field.value : label;
    })
    .join("\n");
}

/**
 * Return who gets nothing, by the signed card: the form's own words could name somebody else.
 *
 * @param {Typed} typed
 * @param {ChannelCard} card
 */
const shutOut = ({ excluded = [] }, { handlers }) =>
  excluded
    .map((id) => handlers.find((one) => hex(one.handlerId) === id)?.role[language()] ?? id)
    .join("\n");

/**
 * @param {HTMLFormElement} form
 * @param {Typed} typed
 * @param {ChannelCard} card
 * @param {Readers} readers
 * @returns {[label: string, answer: string][]}
 */
function rows(form, typed, card, readers) {
  const { text, mode } = typed;
  const reads = card.handlers.filter((one) =>
    readers.some((reader) => equal(reader.handlerId, one.handlerId)),
  );
  /** @type {[string, string][]} */
  const person = ["name", "contact"].map((name) => [name, unlessBlank(typed[name]?.[0])]);
  /** @type {[string, string][]} */
  const found = [
    ["channel", card.texts[language()].name],
    ["reads", reads.map((one) => one.role[language()]).join("\n")],
    ["excluded", shutOut(typed, card)],
    ["text", text[0]],
    ["mode", say(mode[0])],
    ...(mode[0] === "confidential" ? person : []),
    ...["conduct", "grounds", "unit", "period", "works_with_subject", "supporter"].map(
      (name) => /** @type {[string, string]} */ ([name, chosen(form, name)]),
    ),
  ];
  return found.map(([name, answer]) => [say(`row-${name}`), answer]);
}

/**
 * Return what an anonymous reporter may not have meant to tell, or nothing.
 *
 * @param {Typed} typed
 */
function hint({ mode, text }) {
  if (mode[0] !== "anonymous") return "";
  const [email, phone] = [hints.hasEmail(text[0]), hints.hasPhone(text[0])];
  if (email && phone) return say("hint-both");
  if (email) return say("hint-email");
  return phone ? say("hint-phone") : "";
}

/** @param {[string, string]} row */
function asRow([label, answer]) {
  const [row, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
  value.className = "answer";
  value.translate = false;
  put(term, label);
  put(value, answer);
  row.append(term, value);
  return row;
}

/**
 * Show the review in the form's place.
 *
 * @param {HTMLFormElement} form
 * @param {Typed} typed
 * @param {ChannelCard} card
 * @param {Readers} readers
 * @param {string} notice
 */
export function showReview(form, typed, card, readers, notice) {
  const all = rows(form, typed, card, readers);
  const empty = all.filter(([, answer]) => !answer).map(([label]) => label);
  const found = hint(typed);
  showPart("review-part", {
    notice: notice && stamp("notice-part", { what: notice }),
    found,
    rows: all.filter(([, answer]) => answer).map(asRow),
    "left-out": empty.length ? say("left-out", { fields: empty.join(" · ") }) : "",
    channel: card.texts[language()].name,
  });
  if (!found) document.querySelector("[data-slot=hint]")?.remove();
  const print = document.getElementById("review-fingerprint");
  if (print) put(print, card.fingerprint);
}
