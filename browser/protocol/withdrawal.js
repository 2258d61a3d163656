/**
 * A withdrawal: the one command that is signed on the outside, so the server can check it.
 *
 * Layout: `mailbox_id 32 · ed_pk 32 · x_pk 32 · signature 64`. It is final.
 */

import { concat, utf8 } from "./bytes.js";
import { Purpose, sign } from "./sign.js";

/**
 * Sign the withdrawal of a mailbox: 160 raw bytes.
 * @param {import("./keys.js").ReporterKeys} own
 */
export const make = ({ mailboxId, edPk, xPk, edSeed, siteId }) =>
  concat(mailboxId, edPk, xPk, sign(Purpose.COMMAND, edSeed, utf8("withdraw"), siteId, mailboxId));
