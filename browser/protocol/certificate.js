/**
 * Who a handler is: intake keys and the certificate.
 *
 * A handler signs their own intake keys; the channel's identity, kept offline by its owner,
 * certifies the handler's signing key. Both are public and travel in the card.
 */

import * as box from "./box.js";
import { equal, utf8 } from "./bytes.js";
import * as document from "./document.js";
import { Refused, refuse } from "./errors.js";
import { fields } from "./fields.js";
import { handlerId } from "./keys.js";
import { Purpose, verify } from "./sign.js";

/**
 * One month's X25519 key, valid from its first day to its last inclusive.
 * @typedef {{ xPk: Uint8Array, firstDay: string, lastDay: string }} IntakeKey
 */
/**
 * A channel's word that a signing key belongs to a handler in a role.
 * @typedef {{
 *   handlerId: Uint8Array, role: { nl: string, en: string }, edPk: Uint8Array,
 *   notAfter: string, raw: Uint8Array,
 * }} Certificate
 */

/** Anything but white space as the reference counts it: the byte order mark is none to it. */
const WRITTEN = /[^\s\x1c-\x1f\x85]|\ufeff/;

/**
 * Read and check the intake keys of the handler with signing key `edPk`.
 *
 * Refuses with MalformedCard (also: it ends before it begins), WeakKey, BadSignature.
 * @param {import("./fields.js").Json[]} items
 * @param {Uint8Array} siteId
 * @param {Uint8Array} edPk
 * @returns {IntakeKey[]}
 */
export const readIntakeKeys = (items, siteId, edPk) =>
  items.map((item) => {
    const read = fields(item, document.MALFORMED);
    const xPk = read.hex("x_pk", 32);
    const firstDay = read.day("first_day");
    const lastDay = read.day("last_day");
    const signature = read.hex("signature", 64);
    read.finish();
    if (firstDay > lastDay) refuse(document.MALFORMED);
    box.checkPublic(xPk);
    verify(Purpose.INTAKE, edPk, signature, siteId, xPk, utf8(firstDay), utf8(lastDay));
    return { xPk, firstDay, lastDay };
  });

/**
 * Take a role in both languages.
 * @param {import("./fields.js").Fields} read
 */
function readRole(read) {
  const texts = read.object("role");
  const role = { nl: texts.line("nl", 60), en: texts.line("en", 60) };
  texts.finish();
  if (!WRITTEN.test(role.nl) || !WRITTEN.test(role.en)) refuse(document.MALFORMED);
  return role;
}

/**
 * Read a certificate and check that `channelPk` issued it for a day.
 *
 * Refuses with MalformedCard, UnknownVersion, ForeignHandler (another channel issued it, or the
 * signature is not the channel's), ForeignCard (another site), CertificateExpired.
 * @param {Uint8Array} data
 * @param {Uint8Array} siteId
 * @param {Uint8Array} channelPk
 * @param {string} day on which what it vouches for was written
 * @returns {Certificate}
 */
export function readCertificate(data, siteId, channelPk, day) {
  const { body, signature, fields: read } = document.read("MKCT", data);
  try {
    verify(Purpose.CERTIFICATE, channelPk, signature, body);
  } catch (error) {
    throw error instanceof Refused ? new Refused("ForeignHandler") : error;
  }
  if (!equal(read.hex("channel_pk", 32), channelPk)) refuse("ForeignHandler");
  if (!equal(read.hex("site_id", 16), siteId)) refuse("ForeignCard");
  const edPk = read.hex("ed_pk", 32);
  const role = readRole(read);
  const notAfter = read.day("not_after");
  read.finish();
  if (day > notAfter) refuse("CertificateExpired");
  return { handlerId: handlerId(edPk), role, edPk, notAfter, raw: data };
}
