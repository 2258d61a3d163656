/**
 * The words of reply codes, unpacked from what `pack_words.js` made of both lists.
 *
 * Invariant: tests hold them to dropbox/protocol/words_nl.txt and to BIP 39's English list.
 */

import { EN, NL } from "./words.data.js";

/**
 * Unpack words that lie in the order of their ends: own letters, then how many of the last
 * letters are those of the word before.
 *
 * @param {string} packed
 */
function unpack(packed) {
  let last = "";
  return [...packed.matchAll(/([a-z]*)(\d)/g)]
    .map(([, own, shared]) => (last = own + last.slice(last.length - Number(shared))))
    .sort();
}

/**
 * Return the 2,048 words of a language: "nl" our own, "en" BIP 39's.
 * @param {string} language
 */
export const wordList = (language) => unpack(language == "en" ? EN : NL);
