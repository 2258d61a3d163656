import assert from "node:assert/strict";
import { test } from "node:test";
import words from "../../dropbox/protocol/words_nl.txt";

test("the Dutch word list can be imported as the bundle does", () => {
  assert.equal(words.trim().split("\n").length, 2048);
});
