/**
 * The reply code: ten words that are the reporter's only key.
 *
 * 102 random bits and 8 check bits make ten words of 11 bits. The bits are the secret; the
 * language is only how they are written. There is no stretching: the code is a key, not a
 * password.
 */

import { hex } from "./bytes.js";
import { refuse } from "./errors.js";
import { digest } from "./hashing.js";
import { random } from "./random.js";
import { wordList } from "./words.js";

export const WORDS = 10;

/** Return a fresh key: 102 random bits, big-endian in 16 raw bytes. */
export function newKey() {
  const key = new Uint8Array(16);
  key.set(random(13), 3);
  key[3] &= 0x3f;
  return key;
}

/**
 * Return a key and its check as one number of 110 bits.
 * @param {Uint8Array} key
 */
const bitsOf = (key) => BigInt(`0x${hex(key)}${hex(digest("check", key).subarray(0, 1))}`);

/**
 * Write a key as ten words of a language.
 * @param {Uint8Array} key
 * @param {string} language
 */
export function words(key, language) {
  const chosen = wordList(language);
  const bits = bitsOf(key).toString(2).padStart(110, "0");
  return (bits.match(/.{11}/g) ?? []).map((index) => chosen[parseInt(index, 2)]);
}

/**
 * Tell whether a character of decomposed text is a mark that is dropped: its combining class is
 * not 0, as normalising shows by putting it before a mark of the highest class. (That mark
 * itself folds to a letter, so it is none here.)
 * Source: Unicode, chapter 3.11, canonical ordering.
 * @param {string} character
 */
const isMark = (character) => !`\u0345${character}`.normalize("NFD").startsWith("\u0345");

/**
 * Return the words in a text: runs of letters, lower case, accents taken off. Digits and
 * separators only divide, so a numbered list may be pasted whole.
 *
 * Lower case and case folding differ in one letter that matters here, the sharp s.
 * @param {string} text
 */
export function split(text) {
  const plain = text.toLowerCase().replace(/ß/g, "ss").normalize("NFKD");
  return [...plain].filter((one) => !isMark(one)).join("").match(/[a-z]+/g) ?? [];
}

/**
 * Read a reply code back to its key.
 *
 * Tolerant: any case, separators, numbering and accents; the first four letters of each word
 * are enough, in both languages and across them. Refuses with UnknownWord (`position`, from 1),
 * WrongWordCount (`count`), CodeCheckFailed.
 * @param {string} text
 */
export function parse(text) {
  /** @type {Map<string, number>} */
  const known = new Map();
  for (const language of ["nl", "en"])
    wordList(language).forEach((word, index) => known.set(word.slice(0, 4), index));
  const typed = split(text);
  const bits = typed.map(
    (word, at) => known.get(word.slice(0, 4)) ?? refuse("UnknownWord", { position: at + 1 }),
  );
  if (bits.length != WORDS) refuse("WrongWordCount", { count: bits.length });
  const all = bits.reduce((sum, index) => (sum << 11n) | BigInt(index), 0n);
  const pairs = (all >> 8n).toString(16).padStart(32, "0").match(/../g) ?? [];
  const key = Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
  if (bitsOf(key) != all) refuse("CodeCheckFailed");
  return key;
}
