/**
 * From what was typed to sealed envelopes, through the protocol's reporter side.
 *
 * Owns who may read: the handlers on the channel's card with an intake key of today, without
 * those whom the reporter excluded; later messages only those who could read the report.
 * Invariant: nothing here is kept; keys and texts live as long as a call.
 */

import { hex } from "../protocol/bytes.js";
import { envelopeId } from "../protocol/envelope.js";
import { refuse } from "../protocol/errors.js";
import * as handedIn from "../protocol/handed_in.js";
import * as keys from "../protocol/keys.js";
import { MAX_COUNT, readersOf } from "../protocol/payload.js";
import * as replyCode from "../protocol/reply_code.js";
import * as reporter from "../protocol/reporter.js";

/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/** @typedef {import("../protocol/letter.js").OpenedReply} OpenedReply */
/** @typedef {import("../protocol/payload.js").Memo} Memo */
/**
 * What was typed; the protocol writes its recipients into it.
 * @typedef {Omit<import("../protocol/payload.js").Report, "recipients">} Report
 */
/**
 * A report as it is handed in, the key of its reply code, and the ten words that write it.
 * @typedef {{ key: Uint8Array, words: string[], bytes: Uint8Array }} SealedReport
 */
/**
 * What a later message stands on: token, keys, memo, the memo as it was sealed, next turn.
 * @typedef {{
 *   token: Uint8Array, own: keys.ReporterKeys, memo: Memo, sealedMemo: Uint8Array, turn: number,
 * }} Thread
 */
/**
 * What a reporter does in a mailbox: one of the kinds of a message, and its text. `answers` is
 * the reply whose question a consent or refusal answers.
 * @typedef {{ kind: string, text?: string, answers?: OpenedReply }} Saying
 */

/** A report of which nothing but day, mode, language and text was filled in. */
const UNSAID = {
  turn: 1,
  excluded: [],
  name: "",
  contact: "",
  conduct: [],
  grounds: [],
  unit: "",
  period: "",
  worksWithSubject: "",
  supporter: "",
  origin: "",
  people: 1,
};

/**
 * Return those of a card who can be sealed to on a day and are wanted; refuses with NoReader
 * when nobody is left. Who has no key of the day is left out: the others can still read.
 * @param {ChannelCard} card
 * @param {string} today
 * @param {(id: string) => boolean} wanted by the handler's id in hexadecimal
 */
function readersWho(card, today, wanted) {
  const found = card.handlers.flatMap(({ handlerId, intakeKeys }) =>
    intakeKeys
      .filter((key) => key.firstDay <= today && today <= key.lastDay && wanted(hex(handlerId)))
      .slice(0, 1)
      .map(({ xPk }) => ({ handlerId, xPk })),
  );
  return found.length ? found : refuse("NoReader");
}

/**
 * Return to whom a report is sealed; refuses with NoReader when nobody is left.
 * @param {ChannelCard} card
 * @param {Uint8Array[]} excluded handler ids
 * @param {string} today
 */
export function readers(card, excluded, today) {
  const shut = excluded.map(hex);
  return readersWho(card, today, (id) => !shut.includes(id));
}

/**
 * Return to whom a later message is sealed: the report's readers who are still on the card;
 * refuses with NoReader when nobody is left.
 * @param {Memo} memo
 * @param {ChannelCard} card
 * @param {string} today
 */
export function laterReaders(memo, card, today) {
  const may = readersOf(memo);
  return readersWho(card, today, (id) => may.includes(id));
}

/**
 * Seal a report under a fresh reply code.
 *
 * Refuses with NoReader, TextTooLong, FieldTooLong.
 * @param {ChannelCard} card
 * @param {Partial<Report> & Pick<Report, "day" | "mode" | "language" | "text">} typed
 * @returns {SealedReport}
 */
export function sealReport(card, typed) {
  const report = { ...UNSAID, ...typed };
  const recipients = readers(card, report.excluded, report.day);
  const key = replyCode.newKey();
  const own = keys.reporterKeys(card.siteId, card.channelPk, key);
  const memo = reporter.sealMemo(own, {
    day: report.day,
    recipients: recipients.map((reader) => reader.handlerId),
    excluded: report.excluded,
    hold: null,
    turn: report.turn,
    number: 1,
    answered: 0,
  });
  const bytes = handedIn.report({
    lookup: keys.lookup(keys.token(card.siteId, key)),
    edPk: own.edPk,
    xPk: own.xPk,
    memo,
    envelope: reporter.sealReport(own, recipients, report),
  });
  return { key, words: replyCode.words(key, report.language), bytes };
}

/**
 * Seal what a reporter says to those who could read the report and still are here; returns the
 * message as it is handed in.
 *
 * Refuses with NoReader, TextTooLong.
 * @param {Thread} thread the opened mailbox
 * @param {ChannelCard} card the channel's current card
 * @param {Saying} said the text is empty for all but a message
 * @param {string} today the day that it carries
 */
export function sealMessage({ token, own, memo, sealedMemo, turn }, card, said, today) {
  const { kind, text = "", answers } = said;
  const { excluded, hold } = memo;
  const number = Math.min(memo.number + 1, MAX_COUNT);
  const envelope = reporter.sealMessage(own, laterReaders(memo, card, today), {
    kind,
    day: today,
    turn,
    number,
    excluded,
    text,
    hold: kind == "resume" ? hold : null,
    about: answers?.envelopeId ?? null,
  });
  // The memo changes with each message, so that a hold does not stand out.
  const next = {
    ...memo,
    hold: kind == "hold" ? envelopeId(envelope) : kind == "resume" ? null : hold,
    turn,
    number,
    answered: Math.max(memo.answered, answers?.reply.turn ?? 0),
  };
  return handedIn.message({
    token,
    replaces: envelopeId(sealedMemo),
    memo: reporter.sealMemo(own, next),
    envelope,
  });
}

/**
 * Seal a report to another channel and, in the mailbox where it was asked for, the consent.
 *
 * Refuses as `sealReport` and `sealMessage` do.
 * @param {Thread} thread the mailbox where another channel was asked for
 * @param {ChannelCard} card of the mailbox's own channel
 * @param {OpenedReply} answers the reply that asked
 * @param {ChannelCard} other the channel that may read
 * @param {Parameters<typeof sealReport>[1]} typed
 * @returns {SealedReport} `bytes` hold both, `key` and `words` open the new mailbox
 */
export function sealConsent(thread, card, answers, other, typed) {
  const made = sealReport(other, { ...typed, origin: "transfer" });
  const said = sealMessage(thread, card, { kind: "consent", answers }, typed.day);
  return { ...made, bytes: handedIn.consent(made.bytes, said) };
}
