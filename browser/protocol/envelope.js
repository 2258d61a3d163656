/**
 * The envelope: a versioned record around sealed boxes, for one mailbox.
 *
 * Layout, all numbers big-endian:
 *
 *     "MKEN" · version 1 · direction 1 · site_id 16 · channel_pk 32 · mailbox_id 32
 *     · slot count 1 · slots (key id 16 · sealed content key 80) · commitment 32 · nonce 24
 *     · XChaCha20-Poly1305(padded payload), with everything before it as associated data
 *
 * Invariants: whoever opens one slot has read the bytes that every other recipient reads (the
 * header commits to the content key); no byte of header or body can be changed without a
 * refusal. Who wrote the payload is checked one room further on.
 */

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";

import * as box from "./box.js";
import { concat, equal, hex, utf8 } from "./bytes.js";
import { refuse } from "./errors.js";
import { digest } from "./hashing.js";
import * as padding from "./padding.js";
import { random } from "./random.js";

/**
 * Where an envelope belongs.
 * @typedef {{
 *   direction: number, siteId: Uint8Array, channelPk: Uint8Array, mailboxId: Uint8Array,
 * }} Address
 */
/** @typedef {{ keyId: Uint8Array, sealed: Uint8Array }} Slot */
/**
 * What an envelope says in the open; `raw` is the header's own bytes.
 * @typedef {Address & {
 *   slots: Slot[], commitment: Uint8Array, nonce: Uint8Array, raw: Uint8Array,
 * }} Header
 */
/**
 * The reader's keys by their key id in hexadecimal.
 * @typedef {Map<string, box.KeyPair>} BoxKeys
 */

/** Who an envelope is for. Handlers among themselves are direction 4: it is not read here. */
export const Direction = { TO_HANDLERS: 1, TO_REPORTER: 2, MEMO: 3 };

const SIZES = [
  [],
  padding.LETTER_SIZES,
  padding.REPLY_SIZES,
  padding.MEMO_SIZES,
  padding.REPLY_SIZES,
];
const MAGIC = utf8("MKEN\x01");
const FIXED = 87;
const SLOT = 96;
const REST = 56;

/**
 * Return the 32-byte id of an envelope: primary key, receipt and proof of sameness.
 * @param {Uint8Array} data
 */
export const envelopeId = (data) => digest("envelope", data);

/**
 * Choose a content key and seal it to public keys. The payload's signature covers the header,
 * so the header is made first; `finish` pads and encrypts the payload and returns the whole
 * envelope, or refuses with FieldTooLong.
 * @param {Address} address
 * @param {Uint8Array[]} publicKeys X25519, 32 raw bytes each
 */
export function draft(address, publicKeys) {
  const key = random(32);
  const slots = publicKeys.flatMap((xPk) => [box.keyId(xPk), box.seal(key, xPk)]);
  const nonce = random(24);
  const raw = concat(
    MAGIC,
    Uint8Array.of(address.direction),
    address.siteId,
    address.channelPk,
    address.mailboxId,
    Uint8Array.of(publicKeys.length),
    ...slots,
    digest("commit", key),
    nonce,
  );
  return {
    header: { raw },
    /** @param {Uint8Array} payload */
    finish: (payload) =>
      concat(
        raw,
        xchacha20poly1305(key, nonce, raw).encrypt(padding.pad(payload, SIZES[address.direction])),
      ),
  };
}

/**
 * Read the header of a whole envelope, without any key; refuses with MalformedEnvelope or
 * UnknownVersion.
 * @param {Uint8Array} data
 * @returns {Header}
 */
export function parseHeader(data) {
  if (data.length < FIXED || !equal(data.subarray(0, 4), MAGIC.subarray(0, 4)))
    refuse("MalformedEnvelope");
  if (data[4] != MAGIC[4]) refuse("UnknownVersion");
  const [direction, count] = [data[5], data[FIXED - 1]];
  const end = FIXED + count * SLOT + REST;
  // Sixteen handlers and, in a reply, the reporter.
  if (!SIZES[direction]?.includes(data.length - end - 16) || !count || count > 17)
    refuse("MalformedEnvelope");
  const slots = [];
  for (let at = FIXED; at < end - REST; at += SLOT)
    slots.push({ keyId: data.subarray(at, at + 16), sealed: data.subarray(at + 16, at + SLOT) });
  if (new Set(slots.map((slot) => hex(slot.keyId))).size != count) refuse("MalformedEnvelope");
  return {
    direction,
    siteId: data.subarray(6, 22),
    channelPk: data.subarray(22, 54),
    mailboxId: data.subarray(54, 86),
    slots,
    commitment: data.subarray(end - REST, end - 24),
    nonce: data.subarray(end - 24, end),
    raw: data.subarray(0, end),
  };
}

/**
 * Open an envelope with one of the reader's keys; return the payload, its padding taken off.
 *
 * Refuses with NotAddressed (no slot is for these keys), SlotDoesNotOpen, CommitmentMismatch
 * (the slot holds another content key than the header's), AlteredEnvelope, MalformedPayload.
 * @param {Header} header what `parseHeader` gave for this very envelope
 * @param {Uint8Array} data the whole envelope
 * @param {BoxKeys} boxKeys
 */
export function openEnvelope(header, data, boxKeys) {
  const slot = header.slots.find((one) => boxKeys.has(hex(one.keyId))) ?? refuse("NotAddressed");
  const own = /** @type {box.KeyPair} */ (boxKeys.get(hex(slot.keyId)));
  const key = box.openSealed(slot.sealed, own);
  if (!equal(digest("commit", key), header.commitment)) refuse("CommitmentMismatch");
  let padded;
  try {
    const cipher = xchacha20poly1305(key, header.nonce, header.raw);
    padded = cipher.decrypt(data.subarray(header.raw.length));
  } catch {
    refuse("AlteredEnvelope");
  }
  return padding.unpad(padded, SIZES[header.direction]);
}
