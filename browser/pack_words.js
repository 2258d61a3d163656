/**
 * Packs the words of reply codes into `protocol/words.data.js`: `node pack_words.js`.
 *
 * The Dutch list is the protocol's own file, the English one is BIP 39's as a package brings it: neither is copied
 * into git. Ordered by their ends, words share more than by their beginnings: so packed they take a quarter less
 * room in what a browser loads.
 *
 * Invariant: the same lists give the same bytes, and a file that is right is not touched.
 */
import { realpathSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv, pid } from "node:process";
import { fileURLToPath } from "node:url";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { HERE } from "./scripts.js";

const DUTCH = join(HERE, "..", "dropbox", "protocol", "words_nl.txt");
/** Where the packed words go, and whose work is in them. */
export const PACKED = "protocol/words.data.js";
export const FROM = "@scure/bip39";

/** @param {string} word */
const turned = (word) => [...word].reverse().join("");

/**
 * Write each word as its own letters and how many it shares at its end with the word before.
 *
 * @param {string[]} words in their alphabet's order
 * @returns {string} letters and digits
 * @throws {Error} they cannot be unpacked again: out of order, or sharing more than nine letters
 */
function pack(words) {
  if (words.some((word, at) => word <= (words[at - 1] ?? ""))) throw new Error("The words are out of order.");
  let last = "";
  return words
    .map(turned)
    .sort()
    .map((word) => {
      let shared = 0;
      while (last[shared] && last[shared] === word[shared]) shared++;
      if (shared > 9) throw new Error(`Too much is shared: ${turned(word)}`);
      last = word;
      return turned(word.slice(shared)) + shared;
    })
    .join("");
}

/** Make the file, in one step, when it is missing or not what the lists give. */
export async function packWords() {
  const dutch = (await readFile(DUTCH, "ascii")).trim().split("\n");
  const made = `// Made by pack_words.js.\nexport const NL = "${pack(dutch)}";\nexport const EN = "${pack(english)}";\n`;
  const path = join(HERE, PACKED);
  if ((await readFile(path, "ascii").catch(() => "")) === made) return;
  const draft = `${path}.${pid}.new`;
  await writeFile(draft, made);
  await rename(draft, path);
}

if (argv[1] && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) await packWords();
