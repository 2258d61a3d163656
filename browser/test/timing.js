/**
 * Prints what the heavy steps cost, in milliseconds of a processor, each in a program of its own and so
 * without anything warmed up, and again. `python -m tests.time_browser` gives it a channel and
 * a mailbox; with `--jitless` nothing is compiled, as in Tor Browser's "Safer".
 */

import { text } from "node:stream/consumers";
import { argv, cpuUsage, stdin } from "node:process";

import { readCard } from "../protocol/channel_card.js";
import { unpack } from "../protocol/mailbox_page.js";
import { openMailbox } from "../reporter/letters.js";
import { sealReport } from "../reporter/sealing.js";

const given = JSON.parse(await text(stdin));
const [siteId, card, key, page] = ["siteId", "card", "key", "page"].map((name) =>
  Uint8Array.from(Buffer.from(given[name], "hex")),
);
const { today } = given;

/** @type {Record<string, () => unknown>} */
const STEPS = {
  card: () => readCard(card, siteId, today),
  report: () =>
    sealReport(read, { day: today, mode: "anonymous", language: "nl", text: "x".repeat(2000) }),
  mailbox: () => openMailbox(siteId, key, [unpack(page) ?? page].filter((one) => "memo" in one), today),
};

const step = argv[2];
const read = step == "report" ? readCard(card, siteId, today) : /** @type {any} */ (null);
const times = [];
for (let turn = 0; turn < 5; turn++) {
  const start = cpuUsage();
  STEPS[step]?.();
  const { user, system } = cpuUsage(start);
  times.push(((user + system) / 1000).toFixed(0));
}
console.log(`${step}: first ${times[0]} ms, then ${times.slice(1).join(", ")}`);
