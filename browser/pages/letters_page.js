/**
 * The opened mailbox on the page: standing, letters, questions, and what can be done.
 *
 * Fills the templates of `templates/site/browser/mailbox.html`. Invariant: the words of
 * strangers become text, never HTML; what the reporter wrote is not shown.
 *
 * @module
 */

import { hex } from "../protocol/bytes.js";
import { readableFrom } from "../reporter/letters.js";
import { questionOf } from "./question.js";
import { language } from "./review.js";
import { main, showPart } from "./screen.js";
import { counted, gaps, outcome, owed, state } from "./standing.js";
import { cannotWrite } from "./visit.js";
import { day, put, say, stamp } from "./words.js";

/** @typedef {import("./visit.js").Visit} Visit */
/** @typedef {import("../protocol/letter.js").OpenedReply} OpenedReply */
/**
 * What a place gets: words or nodes; false or nothing takes it off the page, true leaves it.
 *
 * @typedef {Record<string, string | boolean | Node[]>} Places
 */

/**
 * @param {ParentNode} root
 * @param {Places} places
 */
function fillOrDrop(root, places) {
  for (const place of root.querySelectorAll("[data-slot]")) {
    const filling = places[place.getAttribute("data-slot") ?? ""];
    if (filling === undefined || filling === true) continue;
    if (filling === false || !filling.length) place.remove();
    else put(place, filling);
  }
}

/**
 * Return a filled copy of a template whose places are no places any more.
 *
 * @param {string} id
 * @param {Places} places
 */
function made(id, places) {
  const copy = stamp(id);
  fillOrDrop(copy, places);
  for (const place of copy.querySelectorAll("[data-slot]")) place.removeAttribute("data-slot");
  return copy;
}

/**
 * Put a view into the page.
 *
 * @param {string} id
 * @param {Places} [places]
 */
export function showView(id, places = {}) {
  showPart(id, {});
  fillOrDrop(main(), places);
}

/**
 * @param {"li" | "p"} tag
 * @param {string} text
 */
function line(tag, text) {
  const found = document.createElement(tag);
  put(found, text);
  return found;
}

/**
 * Show an opened mailbox.
 *
 * @param {Visit} visit
 * @param {string} today
 * @param {string} text a message that is being written
 */
export function showMailbox(visit, today, text) {
  const { box, card } = visit;
  const cannot = cannotWrite(visit, today);
  const isHeld = !!box.memo?.hold;
  const unopened = counted("unopened", box.unopened);
  const ended = outcome(box);
  showView("view-mailbox", {
    channel: card ? say("channel", { name: card.texts[language()].name }) : "",
    paused: isHeld,
    state: state(box),
    ended: !!ended,
    outcome: ended,
    owed: owed(box, today).map((told) => line("li", told)),
    gaps: gaps(box).map((told) => line("p", told)),
    letters: box.shown.map((one) => letter(visit, one, cannot)),
    none: !box.shown.length,
    unopened: unopened ? [line("p", unopened)] : "",
    more: !box.complete,
    write: !cannot,
    cannot: cannot && say(cannot),
    kept: !!cannot && !!text,
    resumes: !cannot && isHeld,
    holds: !cannot && !isHeld,
  });
  keepText(text);
}

/**
 * Put a text that was typed into the field that this view has for it.
 *
 * @param {string} text
 */
export function keepText(text) {
  const field = document.querySelector("#message-text, #typed");
  if (field instanceof HTMLTextAreaElement) field.value = text;
}

/**
 * @param {Visit} visit
 * @param {OpenedReply} one
 * @param {string} cannot
 */
function letter(visit, one, cannot) {
  const { reply, handler } = one;
  const copy = made("view-letter", {
    head: say("letter", { role: handler.role[language()], day: day(readableFrom(one)) }),
    state: say(`state-${reply.state}`),
    text: reply.text,
  });
  const article = /** @type {HTMLElement} */ (copy.firstElementChild);
  article.dataset.letter = hex(one.envelopeId);
  const asked = questionOf(visit, one);
  if (asked) article.append(question(visit, asked, cannot));
  return article;
}

/**
 * @param {Visit} visit
 * @param {import("./question.js").Question} asked
 * @param {string} cannot
 */
function question({ box }, { card, isAnswered }, cannot) {
  const isStopped = cannot || (box.memo?.hold ? "cannot-hold" : "");
  const texts = card?.texts[language()];
  const copy = made("view-question", {
    who: !!card,
    reads: texts ? say("reads", { reads: texts.reads }) : "",
    answered: !!card && isAnswered,
    open: !!card && !isAnswered,
    cannot: card ? isStopped && say(isStopped) : say("cannot-other"),
    answers: !!card && !isStopped,
    name: texts?.name ?? false,
    runs: texts?.runs ?? false,
    place: card ? say(`place-${+card.external}${+card.independent}`) : false,
  });
  return copy;
}

/**
 * Return the reply to which a pressed button belongs.
 *
 * @param {Visit} visit
 * @param {Element} pressed
 */
export function answerOf({ box }, pressed) {
  const article = pressed.closest("[data-letter]");
  const id = article instanceof HTMLElement ? article.dataset.letter : "";
  return box.shown.find((one) => hex(one.envelopeId) === id) ?? null;
}

/**
 * Say something at the top, and bring the reader there.
 *
 * @param {"notice" | "problem"} id
 * @param {string} text
 * @param {readonly Node[]} [more]
 */
export function announce(id, text, more = []) {
  const place = document.getElementById(id);
  if (!place) return;
  place.hidden = !text;
  place.replaceChildren(...(text ? [line("p", text), ...more] : []));
  if (!text) return;
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
}
