/** What stands by itself; tests/test_browser_*.py hold the rest to the reference. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { x25519 } from "@noble/curves/ed25519.js";

import { hex, utf8 } from "../protocol/bytes.js";
import { readCard } from "../protocol/channel_card.js";
import { addMonths } from "../protocol/days.js";
import { Refused } from "../protocol/errors.js";
import { characters, fields } from "../protocol/fields.js";
import { readJson } from "../protocol/json.js";
import * as keys from "../protocol/keys.js";
import { random } from "../protocol/random.js";
import * as replyCode from "../protocol/reply_code.js";
import { openMemo, openReply } from "../protocol/reporter.js";
import { Purpose, verify } from "../protocol/sign.js";
import { multiply } from "../protocol/x25519.js";

const FILE = new URL("../../tests/data/protocol-v1.json", import.meta.url);
const { inputs, derived, sealed } = JSON.parse(await readFile(FILE, "utf8"));

/** @param {string} text */
const raw = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const SITE_ID = raw(inputs.site_id);
const OWN = keys.reporterKeys(SITE_ID, raw(derived.channel_pk), raw(inputs.key));

/**
 * @param {string} reason
 * @param {() => unknown} act
 */
const refuses = (reason, act) =>
  assert.throws(act, (error) => error instanceof Refused && error.reason == reason);

test("keys, words and fingerprint are those of the vectors", () => {
  assert.equal(hex(OWN.mailboxId), derived.mailbox_id);
  assert.equal(keys.fingerprint(SITE_ID, OWN.channelPk), derived.fingerprint);
  assert.deepEqual(replyCode.words(raw(inputs.key), "nl"), derived.words.nl);
  assert.equal(hex(replyCode.parse(derived.words.en.join(", "))), inputs.key);
});

test("card, memo and reply of the vectors open", () => {
  assert.equal(readCard(raw(derived.card), SITE_ID, "2026-11-21").slug, "meldpunt");
  assert.equal(openMemo(OWN, raw(sealed.memo.data)).turn, sealed.memo.opens.turn);
  const { reply } = openReply(OWN, raw(sealed.reply.data), [derived.handler_id]);
  assert.equal(reply.text, sealed.reply.opens.text);
});

test("signatures that every reader must refuse are refused", () => {
  for (const { ed_pk, signature } of sealed.refused.signatures)
    refuses("BadSignature", () => verify(Purpose.REPORT, raw(ed_pk), raw(signature), utf8("x")));
});

test("an old or rolled back card is refused with its reason", () => {
  const card = raw(derived.card);
  refuses("CardExpired", () => readCard(card, SITE_ID, "2027-02-02"));
  refuses("CardLivesTooLong", () => readCard(card, SITE_ID, "2026-10-01"));
  refuses("CardRolledBack", () => readCard(card, SITE_ID, "2026-11-21", 4));
  refuses("ForeignCard", () => readCard(card, new Uint8Array(16), "2026-11-21"));
});

test("JSON keeps what the built-in reader loses", () => {
  for (const text of ['{"a":1,"a":1}', "01", "[1,]", '"\t"', "\ufeff1", "1 2", ""])
    assert.throws(() => readJson(text));
  assert.ok(Number.isNaN(readJson("1.0")));
  assert.equal(readJson("-0"), -0);
  assert.equal(fields(utf8('{"a":-0}'), "X").number("a"), 0);
  refuses("X", () => fields(utf8('{"a":"\\ud800"}'), "X").line("a", 9));
  refuses("X", () => fields(utf8('{"__proto__":1}'), "X").finish());
});

test("characters are code points, and months end on their last day", () => {
  assert.equal(characters("😀é"), 2);
  assert.equal(addMonths("2026-11-30", 3), "2027-02-28");
});

test("randomness is not the same twice", () => {
  assert.notDeepEqual(random(32), random(32));
  assert.equal(random(65_536).length, 65_536);
});

test("X25519 matches RFC 7748, also after a thousand times", () => {
  const shared = multiply(
    raw("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
    raw("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
  );
  assert.equal(hex(shared), "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  let [k, u] = [raw("09".padEnd(64, "0")), raw("09".padEnd(64, "0"))];
  for (let turn = 0; turn < 1000; turn++) [k, u] = [multiply(k, u), k];
  assert.equal(hex(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
});

test("X25519 is that of the library which is too large to carry", () => {
  for (let turn = 0; turn < 40; turn++) {
    const [secret, point] = [random(32), random(32)];
    assert.deepEqual(multiply(secret, point), x25519.getSharedSecret(secret, point));
  }
  for (const small of ["00", "01", "ec".padEnd(62, "f") + "7f", "ed".padEnd(62, "f") + "7f"])
    assert.throws(() => multiply(random(32), raw(small.padEnd(64, "0"))));
});
