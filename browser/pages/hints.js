/**
 * A gentle look for an e-mail address or phone number in an anonymous story.
 *
 * It points, it never refuses and never changes a text. The rule is that of
 * `dropbox/site/hints.py`; a test holds the two together.
 *
 * @module
 */

// Python's \w and \d know every script; JavaScript's do not.
const W = "[\\p{L}\\p{N}_]";
const D = "\\p{Nd}";
const EMAIL = /[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,4}/u;
const TIME = ",?[ ]{1,3}(?:[01]?\\p{Nd}|2[0-3])[:.][0-5]\\p{Nd}(?!\\p{Nd})";
const DATE = new RegExp(
  `(^|[^${D}+])(?:0?[1-9]|[12]${D}|3[01])([-./])(?:0?[1-9]|1[0-2])\\2` +
    `(?:(?:19|20)${D}${D}|${D}${D}(?=${TIME}))(?!${D})`,
  "gu",
);
const BETWEEN = "[ \\u00a0\\u202f.\\-\\u2010\\u2011\\u2012\\u2013\\u2014\\u2212/()]{0,3}";
const PHONE = new RegExp(
  `(?:^|[^\\p{L}\\p{N}_+])((?:\\+|00)?${D}(?:${BETWEEN}${D}){8,13})(?!${W})`,
  "gu",
);
const DIGITS_OF_A_PHONE = /\p{Nd}(?:\P{Nd}{0,3}\p{Nd}){8}/u;

/**
 * Tell whether something in `text` looks like an e-mail address.
 *
 * @param {string} text
 */
export function hasEmail(text) {
  return text.includes("@") && EMAIL.test(text);
}

/**
 * Tell whether something in `text` looks like a phone number, Dutch or with a country.
 *
 * @param {string} text
 */
export function hasPhone(text) {
  if (!DIGITS_OF_A_PHONE.test(text)) return false;
  // A date with its year is no part of a number; a letter in its place keeps others apart.
  const left = text.replace(DATE, "$1x");
  return [...left.matchAll(PHONE)].some((found) => /^[0+]/.test(found[1]));
}
