/**
 * A reader of JSON that keeps what the built-in one loses: whether a field stands twice, and
 * whether a number was written with a fraction or an exponent.
 *
 * It takes and refuses what the reference's does (Python's json, which takes NaN and Infinity
 * too): none of these can be a field's value, but a document's signature is checked in between,
 * and both programs say the same about each. One difference is meant: this one stops at a depth
 * of `DEEPEST` always, the reference where its stack ends. No document nests that deep.
 */

/**
 * A value: a number that is not whole is NaN, and one too large for us is as large as it gets.
 * @typedef {null | boolean | number | string | Json[] | Map<string, Json>} Json
 */

const DEEPEST = 500;
/** Source: Python, "Integer string conversion length limitation". */
const MOST_DIGITS = 4300;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const STRING = /"([^"\\\x00-\x1f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
/** @type {[string, Json][]} */
const WORDS = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", NaN],
  ["Infinity", NaN],
  ["-Infinity", NaN],
];

/**
 * Read one JSON text; throws whatever it may for what is none.
 * @param {string} text
 * @returns {Json}
 */
export function readJson(text) {
  let at = 0;

  /** @param {RegExp} pattern is found here, or nothing is taken */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found;
  };

  /** @param {string} token */
  const is = (token) => {
    const here = text.startsWith(token, at);
    if (here) at += token.length;
    return here;
  };

  /** @param {boolean} right */
  const must = (right) => {
    if (!right) throw SyntaxError();
  };

  /**
   * Read what stands between brackets, divided by commas.
   * @param {string} end
   * @param {() => void} item
   */
  const each = (end, item) => {
    take(SPACE);
    if (is(end)) return;
    do {
      take(SPACE);
      item();
      take(SPACE);
    } while (is(","));
    must(is(end));
  };

  const string = () => {
    const [written] = take(STRING) ?? [];
    must(!!written);
    return JSON.parse(/** @type {string} */ (written));
  };

  /**
   * @param {number} depth
   * @returns {Json}
   */
  const value = (depth) => {
    must(depth < DEEPEST);
    if (is("{")) {
      const fields = new Map();
      each("}", () => {
        const name = string();
        take(SPACE);
        must(is(":") && !fields.has(name));
        take(SPACE);
        fields.set(name, value(depth + 1));
      });
      return fields;
    }
    if (is("[")) {
      /** @type {Json[]} */
      const items = [];
      each("]", () => items.push(value(depth + 1)));
      return items;
    }
    if (text[at] == '"') return string();
    const word = WORDS.find(([name]) => is(name));
    if (word) return word[1];
    const [written, whole, fraction, exponent] = take(NUMBER) ?? [];
    must(!!written);
    if (fraction || exponent) return NaN;
    must(whole.length <= MOST_DIGITS);
    return Number(written);
  };

  take(SPACE);
  const read = value(0);
  take(SPACE);
  must(at == text.length);
  return read;
}
