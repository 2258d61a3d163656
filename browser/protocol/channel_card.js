/**
 * The channel card: a channel's signed public keys and texts.
 *
 * Invariants: a card is accepted only whole (signature, site, every handler's certificate and
 * intake keys, life of at most `CARD_DAYS`), and never with a lower version than one accepted
 * before. Whether its `channelPk` is the right one is for people to compare.
 */

import { equal, hex } from "./bytes.js";
import { readCertificate, readIntakeKeys } from "./certificate.js";
import { daysBetween } from "./days.js";
import * as document from "./document.js";
import { refuse } from "./errors.js";
import { fields } from "./fields.js";
import { fingerprint } from "./keys.js";
import { Purpose, verify } from "./sign.js";

/** The longest that a card may still be valid, days. */
export const CARD_DAYS = 100;

/**
 * A channel's words in one language: its name, who runs it, who reads, what it is.
 * @typedef {{ name: string, runs: string, reads: string, about: string }} CardTexts
 */
/**
 * @typedef {import("./certificate.js").Certificate
 *   & { intakeKeys: import("./certificate.js").IntakeKey[] }} CardHandler
 */
/**
 * A card that was read and checked.
 * @typedef {{
 *   siteId: Uint8Array, channelPk: Uint8Array, slug: string, version: number, expires: string,
 *   kind: string, external: boolean, independent: boolean,
 *   texts: { nl: CardTexts, en: CardTexts }, handlers: CardHandler[], fingerprint: string,
 *   raw: Uint8Array,
 * }} ChannelCard
 */

/**
 * Return the X25519 key to seal to on a day; refuses with NoIntakeKey.
 * @param {CardHandler} handler
 * @param {string} today
 */
export const intakeKey = (handler, today) =>
  (
    handler.intakeKeys.find((key) => key.firstDay <= today && today <= key.lastDay) ??
    refuse("NoIntakeKey")
  ).xPk;

/**
 * Read a card and check all that a program can check.
 *
 * Refuses with MalformedCard, UnknownVersion, BadSignature (the channel did not sign it),
 * ForeignCard (another site), ForeignHandler (a handler whom this channel did not certify),
 * CardExpired, CardLivesTooLong, CardRolledBack, CertificateExpired (before the card ends).
 * @param {Uint8Array} data
 * @param {Uint8Array} siteId the reader's own site
 * @param {string} today
 * @param {number} [atLeastVersion] the highest accepted before
 * @returns {ChannelCard}
 */
export function readCard(data, siteId, today, atLeastVersion = 0) {
  const { body, signature, fields: read } = document.read("MKCD", data);
  const channelPk = read.hex("channel_pk", 32);
  verify(Purpose.CARD, channelPk, signature, body);
  if (!equal(read.hex("site_id", 16), siteId)) refuse("ForeignCard");
  const draft = readDraft(read);
  if (today > draft.expires) refuse("CardExpired");
  if (daysBetween(today, draft.expires) > CARD_DAYS)
    refuse("CardLivesTooLong", { days: CARD_DAYS });
  if (draft.version < atLeastVersion) refuse("CardRolledBack");
  const handlers = read
    .items("handlers", 16)
    .map((item) => readHandler(item, siteId, channelPk, draft.expires));
  read.finish();
  checkDistinct(handlers);
  const print = fingerprint(siteId, channelPk);
  return { siteId, channelPk, ...draft, handlers, fingerprint: print, raw: data };
}

/**
 * Refuse doubled handlers and keys: with two of one key no envelope could be opened.
 * @param {CardHandler[]} handlers
 */
function checkDistinct(handlers) {
  const ids = handlers.map((handler) => hex(handler.handlerId));
  const offered = handlers.flatMap((handler) => handler.intakeKeys.map((key) => hex(key.xPk)));
  if (!ids.length || new Set(ids).size != ids.length || new Set(offered).size != offered.length)
    refuse(document.MALFORMED);
}

/** @param {import("./fields.js").Fields} read */
function readDraft(read) {
  const slug = read.line("slug", 40);
  if (!/^[a-z0-9](-?[a-z0-9])*$/.test(slug)) refuse(document.MALFORMED);
  const version = read.number("version", 1);
  const expires = read.day("expires");
  const kind = read.choice("kind", ["integrity", "hotline", "adviser"]);
  const external = read.truth("external");
  const independent = read.truth("independent");
  const texts = read.object("texts");
  const both = { nl: readTexts(texts.object("nl")), en: readTexts(texts.object("en")) };
  texts.finish();
  return { slug, version, expires, kind, external, independent, texts: both };
}

/**
 * @param {import("./fields.js").Fields} read
 * @returns {CardTexts}
 */
function readTexts(read) {
  const name = read.line("name", 80);
  const runs = read.line("runs", 200);
  const reads = read.line("reads", 300);
  const about = read.line("about", 600);
  read.finish();
  return { name, runs, reads, about };
}

/**
 * @param {import("./fields.js").Json} item
 * @param {Uint8Array} siteId
 * @param {Uint8Array} channelPk
 * @param {string} expires
 * @returns {CardHandler}
 */
function readHandler(item, siteId, channelPk, expires) {
  const read = fields(item, document.MALFORMED);
  const raw = read.blob("certificate", 1_000);
  const certified = readCertificate(raw, siteId, channelPk, expires);
  const intakeKeys = readIntakeKeys(read.items("intake_keys", 16), siteId, certified.edPk);
  read.finish();
  return { ...certified, intakeKeys };
}
