/**
 * The page on which the server answers a mailbox's token: always the same size.
 *
 * Layout: `found 1 · more 1 · frames (type 1 · length 4 · content) · end 1 · random fill`.
 */

import { readFour } from "./bytes.js";
import { refuse } from "./errors.js";

export const PAGE_BYTES = 32_768;

/**
 * One page of a mailbox: memo and replies as envelopes, newest first. `sent` names the
 * reporter's envelopes that the server still holds; `more` tells that older replies are on the
 * next page.
 * @typedef {{
 *   channelPk: Uint8Array, mailboxId: Uint8Array, memo: Uint8Array, replies: Uint8Array[],
 *   sent: Uint8Array[], more: boolean,
 * }} MailboxPage
 */

/** @returns {never} */
const malformed = () => refuse("MalformedMailboxPage");

/**
 * Read a page; null stands for an unknown token. Refuses with MalformedMailboxPage.
 * @param {Uint8Array} data
 * @returns {MailboxPage | null}
 */
export function unpack(data) {
  if (data.length != PAGE_BYTES || data[0] > 1 || data[1] > 1) malformed();
  if (!data[0]) return null;
  /** @type {Uint8Array[][]} */
  const found = [[], [], [], [], []];
  let at = 2;
  while (data[at]) {
    const start = at + 5;
    const end = start < PAGE_BYTES ? start + readFour(data, at + 1) : PAGE_BYTES;
    if (data[at] > 4 || end >= PAGE_BYTES) malformed();
    found[data[at]].push(data.slice(start, end));
    at = end;
  }
  const [, mailboxes, memos, replies, sent] = found;
  if (mailboxes.length != 1 || memos.length != 1) malformed();
  const [mailbox] = mailboxes;
  if (mailbox.length != 64 || sent.some((name) => name.length != 32)) malformed();
  return {
    channelPk: mailbox.slice(0, 32),
    mailboxId: mailbox.slice(32),
    memo: memos[0],
    replies,
    sent,
    more: !!data[1],
  };
}
