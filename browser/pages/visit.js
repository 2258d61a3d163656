/**
 * One opening of a mailbox: from the ten typed words to what they open.
 *
 * Mirrors `dropbox/site/visit.py`, on this device. Invariants: the code and its keys stay in
 * memory and leave it never; only the token is sent. A code that fails its check, an unknown
 * mailbox and a withdrawn one ask the server for the same things.
 *
 * @module
 */

import { equal, hex } from "../protocol/bytes.js";
import { Refused, refuse } from "../protocol/errors.js";
import { readAnswer } from "../protocol/handed_in.js";
import * as keys from "../protocol/keys.js";
import { PAGE_BYTES, unpack } from "../protocol/mailbox_page.js";
import { random } from "../protocol/random.js";
import * as replyCode from "../protocol/reply_code.js";
import { openMemo } from "../protocol/reporter.js";
import { openMailbox } from "../reporter/letters.js";
import { laterReaders } from "../reporter/sealing.js";
import { inIdle, lockOnce } from "./ahead.js";
import { apart, readCards } from "./cards.js";
import { get, post } from "./send.js";

/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/** @typedef {import("../protocol/mailbox_page.js").MailboxPage} MailboxPage */
/** @typedef {import("../reporter/letters.js").OpenMailbox} OpenMailbox */
/** @typedef {import("./cards.js").Cards} Cards */
/**
 * One opening: the code's key, what it holds, the pages that were read, the channel's card.
 *
 * @typedef {Cards & {
 *   key: Uint8Array, box: OpenMailbox, pages: MailboxPage[], card: ChannelCard | null,
 *   older: number,
 * }} Visit
 */

const MOST_OLDER_PAGES = 99;
/** More than the cards of any site. */
const CARDS_BYTES = 2 ** 20;

/**
 * Get ready to open a mailbox: the site's cards are checked ahead. They come again at the press.
 *
 * @param {Uint8Array} siteId
 * @param {string} today
 */
export async function prepare(siteId, today) {
  const answer = await get("/cards", CARDS_BYTES);
  const cards = answer ? apart(answer.body) : [];
  /** @type {ReturnType<typeof lockOnce>} */
  let made;
  inIdle([
    () => (made = lockOnce()),
    () => openMemo(made.own, made.sealed),
    () => replyCode.parse(replyCode.words(made.key, "nl").join(" ")),
    ...cards.map((one) => () => readCards(one, siteId, today)),
  ]);
}

/**
 * Read a code; null for one whose words do not belong together. Refuses with UnknownWord and
 * WrongWordCount.
 *
 * @param {string} typed
 */
export function readCode(typed) {
  try {
    return replyCode.parse(typed);
  } catch (error) {
    if (error instanceof Refused && error.reason === "CodeCheckFailed") return null;
    throw error;
  }
}

/**
 * Open the mailbox of a code's key; null when there is none. Refuses with MalformedMailboxPage
 * an answer that is no mailbox, or that of other keys, and with StoreFailed when the server
 * says that it cannot read now.
 *
 * @param {Uint8Array} siteId
 * @param {Uint8Array | null} key null asks for nothing, as an unknown code does
 * @param {string} today
 * @param {number} [older] how many older pages to read
 * @returns {Promise<Visit | null>}
 */
export async function visit(siteId, key, today, older = 0) {
  const token = key ? keys.token(siteId, key) : random(32);
  const [pages, answer] = await Promise.all([readPages(token, older), get("/cards", CARDS_BYTES)]);
  if (!key || !pages.length) return null;
  const box = openMailbox(siteId, key, pages, today);
  const { channelPk, mailboxId } = box.own;
  for (const page of pages) {
    const isOurs = equal(page.channelPk, channelPk) && equal(page.mailboxId, mailboxId);
    if (!isOurs) refuse("MalformedMailboxPage");
  }
  const found = readCards(answer?.body ?? new Uint8Array(), siteId, today);
  const card = found.cards.get(hex(channelPk)) ?? null;
  return { ...found, key, box, pages, card, older };
}

/**
 * @param {Uint8Array} token
 * @param {number} older
 */
async function readPages(token, older) {
  /** @type {MailboxPage[]} */
  const found = [];
  for (let number = 0; number <= Math.min(older, MOST_OLDER_PAGES); number++) {
    const answer = await post("/sealed/mailbox", Uint8Array.of(...token, number), PAGE_BYTES);
    if (answer && readAnswer(answer.body) !== null) refuse("StoreFailed");
    if (answer?.type !== "application/octet-stream") refuse("MalformedMailboxPage");
    const page = unpack(answer.body);
    if (!page) return [];
    found.push(page);
    if (!page.more) break;
  }
  return found;
}

/**
 * Say why no message can be sent: the name of the words for it, or nothing.
 *
 * @param {Visit} opened
 * @param {string} today
 */
export function cannotWrite({ box, card, refused }, today) {
  if (!card) return refused ? "cannot-forged" : "cannot-card";
  if (!box.memo) return "cannot-memo";
  try {
    laterReaders(box.memo, card, today);
  } catch (error) {
    if (error instanceof Refused) return "cannot-readers";
    throw error;
  }
  return "";
}

/**
 * Forget an opening: its keys become zeros.
 *
 * @param {Visit} opened
 */
export function forget({ key, box: { own, token } }) {
  for (const secret of [key, own.edSeed, own.xSk, token]) secret.fill(0);
}
