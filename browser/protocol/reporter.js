/** The reporter's side: sealing with a reply code's keys, and opening the answers. */

import { keyId } from "./box.js";
import { compare, hex } from "./bytes.js";
import { Direction } from "./envelope.js";
import { refuse } from "./errors.js";
import * as letter from "./letter.js";
import { readMemo, writeMemo, writeMessage, writeReport } from "./payload_bytes.js";
import { Purpose } from "./sign.js";

/** @typedef {import("./keys.js").ReporterKeys} ReporterKeys */
/** @typedef {import("./letter.js").Recipient} Recipient */
/** @typedef {import("./payload.js").Report} Report */
/** @typedef {import("./payload.js").Message} Message */
/** @typedef {import("./payload.js").Memo} Memo */

/**
 * @param {ReporterKeys} own
 * @param {number} direction
 */
const address = ({ siteId, channelPk, mailboxId }, direction) => ({
  direction,
  siteId,
  channelPk,
  mailboxId,
});

/**
 * @param {ReporterKeys} own
 * @returns {import("./envelope.js").BoxKeys}
 */
const boxKeys = ({ xSk, xPk }) => new Map([[hex(keyId(xPk)), { secret: xSk, public: xPk }]]);

/**
 * Seal to handlers in the order of their ids, so that the order of slots tells nothing.
 * @param {ReporterKeys} own
 * @param {Recipient[]} recipients
 * @param {string} purpose
 * @param {(ids: Uint8Array[]) => Uint8Array} write
 */
function sealTo(own, recipients, purpose, write) {
  const readers = [...recipients].sort((a, b) => compare(a.handlerId, b.handlerId));
  return letter.write(
    address(own, Direction.TO_HANDLERS),
    readers.map((reader) => reader.xPk),
    purpose,
    own.edSeed,
    write(readers.map((reader) => reader.handlerId)),
  );
}

/**
 * Seal the first submission to recipients, whose ids are written into it; refuses with
 * TextTooLong or FieldTooLong what does not fit the format.
 * @param {ReporterKeys} own
 * @param {Recipient[]} recipients
 * @param {Omit<Report, "recipients">} report
 */
export const sealReport = (own, recipients, report) =>
  sealTo(own, recipients, Purpose.REPORT, (ids) =>
    writeReport({ ...report, recipients: ids }, own.edPk, own.xPk),
  );

/**
 * Seal a message of any kind to recipients, whose ids are written into it; refuses as
 * `sealReport` does.
 * @param {ReporterKeys} own
 * @param {Recipient[]} recipients
 * @param {Omit<Message, "recipients">} message
 */
export const sealMessage = (own, recipients, message) =>
  sealTo(own, recipients, Purpose.MESSAGE, (ids) => writeMessage({ ...message, recipients: ids }));

/**
 * Seal a memo to the reporter's own key.
 * @param {ReporterKeys} own
 * @param {Memo} memo
 */
export const sealMemo = (own, memo) =>
  letter.write(address(own, Direction.MEMO), [own.xPk], Purpose.MEMO, own.edSeed, writeMemo(memo));

/**
 * Open the reporter's own memo; refuses one that is not of this mailbox, or that the holder of
 * the code did not write.
 * @param {ReporterKeys} own
 * @param {Uint8Array} data
 */
export function openMemo(own, data) {
  const opened = letter.openLetter(data, boxKeys(own));
  letter.checkAddress(opened.header, address(own, Direction.MEMO));
  if (opened.header.slots.length != 1) refuse("MalformedPayload");
  letter.verifyLetter(opened, Purpose.MEMO, own.edPk);
  return readMemo(opened.content);
}

/**
 * Open a handler's reply; see `letter.readReply` for what is refused.
 * @param {ReporterKeys} own
 * @param {Uint8Array} data the envelope
 * @param {string[]} readers ids, in hexadecimal, of the handlers who may answer
 */
export const openReply = (own, data, readers) =>
  letter.readReply(
    letter.openLetter(data, boxKeys(own)),
    address(own, Direction.TO_REPORTER),
    own.xPk,
    readers,
  );
