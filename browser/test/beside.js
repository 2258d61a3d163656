/**
 * Does what the Python tests ask with the browser's protocol: a line of JSON in, a line out.
 *
 * `node test/beside.js` reads `{"do": name, …}` until its input ends. Bytes are hexadecimal, or
 * base64 behind "=". An answer is `{"made": …}`, or `{"refused": reason, "params": …}` for what
 * the protocol refuses; anything else that goes wrong ends the process.
 */

import { createInterface } from "node:readline";
import { stdin, stdout } from "node:process";

import * as box from "../protocol/box.js";
import { hex } from "../protocol/bytes.js";
import { intakeKey, readCard } from "../protocol/channel_card.js";
import { readCertificate } from "../protocol/certificate.js";
import * as days from "../protocol/days.js";
import * as envelope from "../protocol/envelope.js";
import { Refused } from "../protocol/errors.js";
import { encode } from "../protocol/fields.js";
import { readAnswer } from "../protocol/handed_in.js";
import { digest } from "../protocol/hashing.js";
import { readJson } from "../protocol/json.js";
import * as keys from "../protocol/keys.js";
import { unpack } from "../protocol/mailbox_page.js";
import { readMemo, readReply } from "../protocol/payload_bytes.js";
import * as random from "../protocol/random.js";
import * as replyCode from "../protocol/reply_code.js";
import * as reporter from "../protocol/reporter.js";
import * as signing from "../protocol/sign.js";
import * as withdrawal from "../protocol/withdrawal.js";
import { wordList } from "../protocol/words.js";
import { openMailbox, readableFrom } from "../reporter/letters.js";
import * as sealing from "../reporter/sealing.js";

/** @typedef {any} Asked */

const BYTES = new Set(
  "data key siteId channelPk seed edPk xPk signature content secret token excluded fields pages card other".split(" "),
);

/**
 * Turn the bytes in a value from text.
 * @param {any} value
 * @returns {any}
 */
function raw(value) {
  if (Array.isArray(value)) return value.map(raw);
  if (typeof value != "string") return value;
  const bytes = value.startsWith("=") ? Buffer.from(value.slice(1), "base64") : Buffer.from(value, "hex");
  return Uint8Array.from(bytes);
}

/**
 * Turn the named fields of an object, at any depth, from text to bytes.
 * @param {any} value
 * @returns {any}
 */
function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value != "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, BYTES.has(name) ? raw(item) : read(item)]),
  );
}

/**
 * Put bytes into text, and names as Python has them.
 * @param {any} value
 * @returns {any}
 */
function plain(value) {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value != "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => typeof item != "function")
      .map(([name, item]) => [name.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`), plain(item)]),
  );
}

/**
 * Open a mailbox from its raw pages.
 * @param {Asked} asked
 */
const opened = ({ siteId, key, pages, today }) =>
  openMailbox(siteId, key, pages.map((/** @type {Uint8Array} */ page) => unpack(page) ?? page), today);

/** @type {Record<string, (asked: Asked) => unknown>} */
const DOES = {
  digest: ({ purpose, fields }) => digest(purpose, ...fields),
  sign: ({ purpose, seed, fields }) => signing.sign(purpose, seed, ...fields),
  verify: ({ purpose, edPk, signature, fields }) => signing.verify(purpose, edPk, signature, ...fields),
  checkPublic: ({ xPk }) => box.checkPublic(xPk),
  seal: ({ data, xPk }) => box.seal(data, xPk),
  openSealed: ({ data, secret }) =>
    box.openSealed(data, { secret, public: box.publicKey(secret) }),
  keys: ({ siteId, channelPk, key }) => ({
    ...keys.reporterKeys(siteId, channelPk, key),
    token: keys.token(siteId, key),
    lookup: keys.lookup(keys.token(siteId, key)),
    fingerprint: keys.fingerprint(siteId, channelPk),
    square: keys.inSquare(channelPk),
  }),
  newKey: () => replyCode.newKey(),
  words: ({ key, language }) => replyCode.words(key, language),
  wordList: ({ language }) => wordList(language),
  parse: ({ text }) => replyCode.parse(text),
  splits: ({ from, to }) => {
    const found = [];
    for (let point = from; point < to; point++)
      found.push(replyCode.split(`x${String.fromCodePoint(point)}y`).join(" "));
    return found;
  },
  split: ({ text }) => replyCode.split(text),
  card: ({ data, siteId, today, least }) => readCard(data, siteId, today, least),
  intakeKeys: ({ data, siteId, today, days: asked }) =>
    readCard(data, siteId, today).handlers.map((handler) =>
      asked.map((/** @type {string} */ day) => {
        try {
          return intakeKey(handler, day);
        } catch {
          return null;
        }
      }),
    ),
  certificate: ({ data, siteId, channelPk, today }) => readCertificate(data, siteId, channelPk, today),
  memo: ({ content }) => readMemo(content),
  reply: ({ content }) => readReply(content),
  isJson: ({ content }) => {
    try {
      readJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content));
      return true;
    } catch {
      return false;
    }
  },
  encode: ({ values }) => encode(values),
  envelope: ({ data, secret }) => {
    const header = envelope.parseHeader(data);
    const own = { secret, public: box.publicKey(secret) };
    return envelope.openEnvelope(header, data, new Map([[hex(box.keyId(own.public)), own]]));
  },
  envelopeId: ({ data }) => envelope.envelopeId(data),
  openMemo: ({ siteId, channelPk, key, data }) =>
    reporter.openMemo(keys.reporterKeys(siteId, channelPk, key), data),
  openReply: ({ siteId, channelPk, key, data, readers }) =>
    reporter.openReply(keys.reporterKeys(siteId, channelPk, key), data, readers),
  page: ({ data }) => unpack(data),
  answer: ({ data }) => readAnswer(data),
  day: ({ text }) => days.isDay(text),
  owed: ({ day, months, count }) => [
    days.addMonths(day, months),
    days.addDays(day, count),
    days.receiptOwed(day),
    days.feedbackOwed(day),
  ],
  withdrawal: ({ siteId, channelPk, key }) =>
    withdrawal.make(keys.reporterKeys(siteId, channelPk, key)),
  mailbox: (asked) => {
    const found = opened(asked);
    return {
      ...found,
      missing: found.missing(),
      unseen: found.unseen(),
      receipt: found.receiptGiven(),
      feedback: found.feedbackGiven(),
      readable: found.shown.map(readableFrom),
    };
  },
  report: ({ card, siteId, today, report }) =>
    sealing.sealReport(readCard(card, siteId, today), report),
  message: ({ card, said, about, ...asked }) => {
    const found = opened(asked);
    const answers = found.shown.find((one) => hex(one.envelopeId) == about);
    const { thread } = found;
    if (!thread) throw new Refused("NoThread");
    return sealing.sealMessage(thread, readCard(card, asked.siteId, asked.today), { ...said, answers }, asked.today);
  },
  consent: ({ card, other, about, report, ...asked }) => {
    const found = opened(asked);
    const answers = found.shown.find((one) => hex(one.envelopeId) == about);
    const { thread } = found;
    if (!thread || !answers) throw new Refused("NoThread");
    const [own, theirs] = [card, other].map((data) => readCard(data, asked.siteId, asked.today));
    return sealing.sealConsent(thread, own, answers, theirs, report);
  },
};

const random_ = random.source.fill;

/**
 * Draw from given bytes, or from the machine's own randomness.
 * @param {string | undefined} pool
 */
function drawFrom(pool) {
  let left = Buffer.from(pool ?? "", "hex");
  random.source.fill = pool === undefined ? random_ : (bytes) => {
    if (left.length < bytes.length) throw new Error("the pool is empty");
    bytes.set(left.subarray(0, bytes.length));
    left = left.subarray(bytes.length);
  };
}

for await (const line of createInterface({ input: stdin })) {
  const asked = read(JSON.parse(line));
  drawFrom(asked.pool);
  let answer;
  try {
    answer = { made: plain(DOES[asked.do]?.(asked) ?? null) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answer = { refused: error.reason, params: error.params };
  }
  stdout.write(`${JSON.stringify(answer)}\n`);
}
