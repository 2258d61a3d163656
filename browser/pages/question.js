/**
 * A handler's question whether another channel may read: who would, and whether it is answered.
 *
 * Mirrors `dropbox/site/question.py`. Invariant: the other channel's words come from its own
 * card, never from who asks.
 *
 * @module
 */

import { equal, hex } from "../protocol/bytes.js";

/** @typedef {import("../protocol/letter.js").OpenedReply} OpenedReply */
/** @typedef {import("../protocol/channel_card.js").ChannelCard} ChannelCard */
/**
 * One reply that asks; `card` is null while that channel can receive nothing.
 *
 * @typedef {{ opened: OpenedReply, card: ChannelCard | null, isAnswered: boolean }} Question
 */

/**
 * Return what a reply asks, or null for one that asks nothing.
 *
 * @param {import("./visit.js").Visit} visit
 * @param {OpenedReply} opened
 * @returns {Question | null}
 */
export function questionOf({ box, cards }, opened) {
  const { transfer, turn } = opened.reply;
  if (!transfer || equal(transfer, box.own.channelPk)) return null;
  const isAnswered = !!box.memo && turn <= box.memo.answered;
  return { opened, card: cards.get(hex(transfer)) ?? null, isAnswered };
}
