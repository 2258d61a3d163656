/** What stands by itself; tests/test_browser_*.py hold the rest to the reference. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

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
import { Purpose, publicKey, sign, verify } from "../protocol/sign.js";

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

test("a signature that held lets no other one through, of no key, text, cut or purpose", () => {
  const [seed, said] = [new Uint8Array(32).fill(7), utf8("a card")];
  const own = publicKey(seed);
  const signature = sign(Purpose.CARD, seed, said);
  verify(Purpose.CARD, own, signature, said);
  verify(Purpose.CARD, own, signature, said);
  const altered = signature.slice();
  altered[40] ^= 1;
  const other = publicKey(new Uint8Array(32).fill(8));
  const both = Uint8Array.of(...own, ...signature);
  refuses("BadSignature", () => verify(Purpose.CARD, own, altered, said));
  refuses("BadSignature", () => verify(Purpose.CARD, other, signature, said));
  refuses("BadSignature", () => verify(Purpose.CARD, own, signature, utf8("a cart")));
  refuses("BadSignature", () => verify(Purpose.INTAKE, own, signature, said));
  refuses("BadSignature", () => verify(Purpose.CARD, own, signature, utf8("a"), utf8(" card")));
  refuses("BadSignature", () => verify(Purpose.CARD, both.slice(0, 31), both.slice(31), said));
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
