import assert from "node:assert/strict";
import { test } from "node:test";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import dutch from "../../dropbox/protocol/words_nl.txt";
import { wordList } from "../protocol/words.js";

test("the packed lists are our Dutch words and BIP 39's English ones", () => {
  assert.deepEqual(wordList("nl"), dutch.trim().split("\n"));
  assert.deepEqual(wordList("en"), wordlist);
});
