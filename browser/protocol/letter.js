/**
 * An opened envelope whose writer is still to be checked, and the writing of one.
 *
 * A letter is opened once, then read as exactly one kind, and that reading checks the signature
 * for that kind's purpose over the envelope's header.
 */

import { keyId } from "./box.js";
import { concat, equal, hex } from "./bytes.js";
import { readCertificate } from "./certificate.js";
import { draft, envelopeId, openEnvelope, parseHeader } from "./envelope.js";
import { refuse } from "./errors.js";
import { digest } from "./hashing.js";
import * as payloadBytes from "./payload_bytes.js";
import { Purpose, sign, verify } from "./sign.js";

/** @typedef {import("./envelope.js").Address} Address */
/**
 * A handler to seal to: id of 8 bytes, today's X25519 intake key of 32 bytes.
 * @typedef {{ handlerId: Uint8Array, xPk: Uint8Array }} Recipient
 */
/**
 * An opened envelope, its writer unchecked.
 * @typedef {{
 *   envelopeId: Uint8Array, header: import("./envelope.js").Header, signature: Uint8Array,
 *   content: Uint8Array,
 * }} Letter
 */
/**
 * A checked reply with its envelope's id and its writer's certificate.
 * @typedef {{
 *   envelopeId: Uint8Array, handler: import("./certificate.js").Certificate,
 *   reply: import("./payload.js").Reply,
 * }} OpenedReply
 */

/** @param {Uint8Array} rawHeader */
const headerHash = (rawHeader) => digest("header", rawHeader);

/**
 * Sign content and seal it to X25519 public keys; returns the envelope.
 * @param {Address} address
 * @param {Uint8Array[]} publicKeys
 * @param {string} purpose
 * @param {Uint8Array} seed
 * @param {Uint8Array} content
 */
export function write(address, publicKeys, purpose, seed, content) {
  const { header, finish } = draft(address, publicKeys);
  return finish(concat(sign(purpose, seed, headerHash(header.raw), content), content));
}

/**
 * Open an envelope with one of the reader's keys; refuses as `openEnvelope` does.
 * @param {Uint8Array} data
 * @param {import("./envelope.js").BoxKeys} boxKeys
 * @returns {Letter}
 */
export function openLetter(data, boxKeys) {
  const header = parseHeader(data);
  const [signature, content] = payloadBytes.split(openEnvelope(header, data, boxKeys));
  return { envelopeId: envelopeId(data), header, signature, content };
}

/**
 * Check that the holder of a key wrote this; refuses with BadSignature.
 * @param {Letter} letter
 * @param {string} purpose
 * @param {Uint8Array} edPk
 */
export const verifyLetter = (letter, purpose, edPk) =>
  verify(purpose, edPk, letter.signature, headerHash(letter.header.raw), letter.content);

/**
 * Refuse an envelope that belongs elsewhere, with ForeignEnvelope.
 * @param {Address} found
 * @param {Address} address
 */
export function checkAddress(found, address) {
  if (
    found.direction != address.direction ||
    !equal(found.siteId, address.siteId) ||
    !equal(found.channelPk, address.channelPk) ||
    !equal(found.mailboxId, address.mailboxId)
  )
    refuse("ForeignEnvelope");
}

/**
 * Read a letter as a reply in the mailbox of an address. The certificate must be valid on the
 * day that the reply states; the site accepts replies only from handlers on the current card.
 *
 * Refuses with ForeignEnvelope, ForeignHandler (its writer is not the channel's handler, was
 * excluded by the reporter, or came after the report), CertificateExpired, BadSignature,
 * MalformedPayload (also: not sealed to the reporter first).
 * @param {Letter} letter
 * @param {Address} address the mailbox, and the direction of replies
 * @param {Uint8Array} xPk the reporter's public key; the first slot must be theirs
 * @param {string[]} readers ids, in hexadecimal, of the handlers who may read and so may answer
 * @returns {OpenedReply}
 */
export function readReply(letter, address, xPk, readers) {
  checkAddress(letter.header, address);
  const { reply, certificate } = payloadBytes.readReply(letter.content);
  const handler = readCertificate(certificate, address.siteId, address.channelPk, reply.day);
  verifyLetter(letter, Purpose.REPLY, handler.edPk);
  if (!readers.includes(hex(handler.handlerId))) refuse("ForeignHandler");
  const { slots } = letter.header;
  if (slots.length != reply.recipients.length + 1 || !equal(slots[0].keyId, keyId(xPk)))
    refuse("MalformedPayload");
  return { envelopeId: letter.envelopeId, handler, reply };
}
