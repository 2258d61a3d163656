/**
 * Payloads as bytes: what an envelope's signature covers.
 *
 * A payload is `signature 64 · meta length 4 · meta · text`: meta is a JSON object with exactly
 * the fields of its kind, the text is raw UTF-8. Reading is strict: an unknown, missing or
 * doubled field, a wrong type or a value out of range is refused with MalformedPayload. A few
 * fields are younger than the format: a writer leaves them out where they say nothing, so that
 * an older reader still understands, and who reads takes that for nothing.
 * The signature covers the envelope's header, so it is made and checked elsewhere.
 */

import { compare, concat, four, fromUtf8, hex, readFour, utf8 } from "./bytes.js";
import { refuse } from "./errors.js";
import { characters, encode, fields } from "./fields.js";
import * as payload from "./payload.js";

const MALFORMED = "MalformedPayload";

/**
 * Return a text in UTF-8; refuses with TextTooLong.
 * @param {string} text
 * @param {number} most characters
 * @param {number} size bytes
 */
export function checkText(text, most, size) {
  const raw = utf8(text);
  if (characters(text) > most || raw.length > size)
    refuse("TextTooLong", { characters: most, bytes: size });
  return raw;
}

/** @param {string} text */
const checkLetter = (text) =>
  checkText(text, payload.MAX_TEXT_CHARACTERS, payload.MAX_TEXT_BYTES);

/**
 * Write meta and text: what a payload's signature covers beside the header.
 * @param {Record<string, unknown>} meta
 * @param {Uint8Array} text
 */
function join(meta, text) {
  const raw = encode(meta);
  return concat(four(raw.length), raw, text);
}

/**
 * Divide a payload into its signature and the content that was signed.
 * @param {Uint8Array} data
 */
export function split(data) {
  if (data.length < 68) refuse(MALFORMED);
  return [data.subarray(0, 64), data.subarray(64)];
}

/**
 * Read meta and text of a payload's content.
 * @param {Uint8Array} content at least 4 bytes
 */
function parts(content) {
  const end = 4 + readFour(content, 0);
  const text = end > content.length ? null : fromUtf8(content.subarray(end));
  return {
    text: text ?? refuse(MALFORMED),
    meta: fields(content.subarray(4, end), MALFORMED),
  };
}

/** @param {Uint8Array[]} values */
const hexes = (values) => values.map(hex);

/** @param {Uint8Array | null} value */
const hexOrNone = (value) => value && hex(value);

/**
 * Refuse readers that are not in the order of their slots.
 * @param {Uint8Array[]} ids
 */
function ordered(ids) {
  if (ids.some((id, at) => at && compare(ids[at - 1], id) >= 0)) refuse(MALFORMED);
  return ids;
}

/**
 * Write a report's content with the reporter's public keys.
 * @param {payload.Report} report
 * @param {Uint8Array} edPk
 * @param {Uint8Array} xPk
 */
export function writeReport(report, edPk, xPk) {
  if (
    characters(report.name) > payload.MAX_NAME_CHARACTERS ||
    characters(report.contact) > payload.MAX_CONTACT_CHARACTERS
  )
    refuse("FieldTooLong");
  const text = checkLetter(report.text);
  const meta = {
    kind: "report",
    day: report.day,
    turn: report.turn,
    ed_pk: hex(edPk),
    x_pk: hex(xPk),
    recipients: hexes(report.recipients),
    excluded: hexes(report.excluded),
    mode: report.mode,
    language: report.language,
    name: report.name,
    contact: report.contact,
    conduct: report.conduct,
    grounds: report.grounds,
    unit: report.unit,
    period: report.period,
    works_with_subject: report.worksWithSubject,
    supporter: report.supporter,
    attachments: [],
    origin: report.origin || undefined,
    people: report.people > 1 ? report.people : undefined,
  };
  return join(meta, text);
}

/**
 * Write a message's content.
 * @param {payload.Message} message
 */
export function writeMessage(message) {
  const meta = {
    kind: message.kind,
    day: message.day,
    turn: message.turn,
    number: message.number,
    recipients: hexes(message.recipients),
    excluded: hexes(message.excluded),
    hold: hexOrNone(message.hold),
    attachments: [],
    about: hexOrNone(message.about) ?? undefined,
  };
  return join(meta, checkLetter(message.text));
}

/**
 * Write a memo's content.
 * @param {payload.Memo} memo
 */
export function writeMemo(memo) {
  const meta = {
    day: memo.day,
    recipients: hexes(memo.recipients).sort().join(""),
    excluded: hexes(memo.excluded).sort().join(""),
    hold: hexOrNone(memo.hold),
    turn: memo.turn,
    number: memo.number,
    answered: memo.answered || undefined,
  };
  return join(meta, utf8(""));
}

/**
 * Take handler ids joined into one text.
 * @param {import("./fields.js").Fields} meta
 * @param {string} name
 */
function ids(meta, name) {
  const raw = meta.blob(name, payload.MAX_HANDLERS * 8);
  if (raw.length % 8) refuse(MALFORMED);
  return Array.from({ length: raw.length / 8 }, (_, at) => raw.slice(at * 8, at * 8 + 8));
}

/**
 * Read a memo's content.
 * @param {Uint8Array} content
 * @returns {payload.Memo}
 */
export function readMemo(content) {
  const { meta, text } = parts(content);
  const recipients = ordered(ids(meta, "recipients"));
  const readers = hexes(recipients);
  const memo = {
    recipients,
    excluded: ids(meta, "excluded"),
    day: meta.day("day"),
    hold: meta.hexOrNone("hold", 32),
    turn: meta.number("turn", 0, payload.MAX_COUNT),
    number: meta.number("number", 1, payload.MAX_COUNT),
    answered: meta.has("answered") ? meta.number("answered", 0, payload.MAX_COUNT) : 0,
  };
  meta.finish();
  if (text || !readers.length || hexes(memo.excluded).some((id) => readers.includes(id)))
    refuse(MALFORMED);
  return memo;
}

/**
 * Read a reply's content; return it with its writer's certificate, unchecked.
 * @param {Uint8Array} content
 * @returns {{ reply: payload.Reply, certificate: Uint8Array }}
 */
export function readReply(content) {
  const { meta, text } = parts(content);
  meta.choice("kind", ["reply"]);
  const certificate = meta.blob("certificate", payload.MAX_CERTIFICATE_BYTES);
  const reply = {
    day: meta.day("day"),
    turn: meta.number("turn", 0, payload.MAX_COUNT),
    number: meta.number("number", 1, payload.MAX_COUNT),
    text,
    state: meta.choice("state", payload.STATES),
    recipients: ordered(meta.hexes("recipients", 8, payload.MAX_HANDLERS)),
    outcome: meta.choice("outcome", payload.OUTCOMES),
    notBefore: meta.dayOrNone("not_before"),
    seen: meta.hexes("seen", 32, payload.MAX_SEEN),
    transfer: meta.has("transfer") ? meta.hex("transfer", 32) : null,
  };
  meta.items("attachments", 0);
  meta.finish();
  if (
    characters(text) > payload.MAX_REPLY_CHARACTERS ||
    utf8(text).length > payload.MAX_REPLY_BYTES
  )
    refuse(MALFORMED);
  return { reply, certificate };
}
