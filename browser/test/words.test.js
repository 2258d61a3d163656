import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { wordList } from "../protocol/words.js";

test("the packed lists are our Dutch words and BIP 39's English ones", async () => {
  const list = new URL("../../dropbox/protocol/words_nl.txt", import.meta.url);
  const dutch = await readFile(list, "ascii");
  assert.deepEqual(wordList("nl"), dutch.trim().split("\n"));
  assert.deepEqual(wordList("en"), wordlist);
});
