/**
 * Strict reading of the JSON objects inside payloads, cards and certificates.
 *
 * Invariants: a field is read exactly once and checked for type and range; what is left over at
 * `finish` is refused. Any failure is the refusal that the caller chose.
 */

import { fromUtf8, hex, unhex, utf8 } from "./bytes.js";
import { isDay } from "./days.js";
import { refuse } from "./errors.js";
import { readJson } from "./json.js";

/** @typedef {import("./json.js").Json} Json */

const MAX_CODES = 32;
const CODE = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const QUARTER = /^(20[0-9]{2}-Q[1-4]|earlier|)$/;
/** Half of a pair of surrogates, without the other half: no text. */
const LONE = /[\ud800-\udfff]/gu;

/**
 * Count characters as the protocol does: code points.
 * @param {string} text
 */
export const characters = (text) => [...text].length;

/**
 * Write a JSON object without spaces, UTF-8 as it is, keys in the order given. What is no text
 * becomes U+FFFD, as it does in a form that a browser sends.
 * @param {Record<string, unknown>} values
 */
export const encode = (values) =>
  utf8(
    JSON.stringify(values, (_name, value) =>
      typeof value == "string" ? value.replace(LONE, "\ufffd") : value,
    ),
  );

/**
 * Tell whether a text can stand for a taxonomy code, and is not empty.
 * @param {string} value
 */
export const isCode = (value) => CODE.test(value);

/** @typedef {ReturnType<typeof takers> & { object: (name: string) => Fields }} Fields */

/**
 * Return the fields of one JSON object, to be taken out one by one.
 * @param {Uint8Array | Json} raw the object, or its bytes
 * @param {string} reason of every refusal, here and later
 * @returns {Fields}
 */
export function fields(raw, reason) {
  /** @returns {never} */
  const fail = () => refuse(reason);
  const parsed = raw instanceof Uint8Array ? parse(raw) : raw;
  const own = takers(parsed instanceof Map ? parsed : fail(), fail);
  // An object is read field by field in its turn.
  return { ...own, object: (name) => fields(own.take(name), reason) };
}

/** @param {Uint8Array} raw */
function parse(raw) {
  try {
    return readJson(fromUtf8(raw) ?? "");
  } catch {
    return null;
  }
}

/**
 * @param {Map<string, Json>} values
 * @param {() => never} fail
 */
function takers(values, fail) {
  /**
   * @param {string} name
   * @returns {Json}
   */
  const take = (name) => {
    const value = values.get(name);
    return values.delete(name) ? /** @type {Json} */ (value) : fail();
  };

  /**
   * @template T
   * @param {T} value
   * @param {boolean} right
   */
  const checked = (value, right) => (right ? value : fail());

  /** @param {Json} value */
  const text = (value) =>
    typeof value == "string" && value.search(LONE) < 0 ? value : fail();

  /** @param {string} name */
  const string = (name) => text(take(name));

  /**
   * @param {Json} value
   * @param {number} size
   */
  const bytes = (value, size) => {
    const found = unhex(text(value)) ?? fail();
    return checked(found, found.length == size);
  };

  /**
   * @template T
   * @param {T[]} found
   * @param {(value: T) => string} [written]
   */
  const different = (found, written = String) =>
    checked(found, new Set(found.map(written)).size == found.length);

  /**
   * Take a list of at most `most` items, unchecked.
   * @param {string} name
   * @param {number} most
   */
  const items = (name, most) => {
    const found = take(name);
    return Array.isArray(found) && found.length <= most ? found : fail();
  };

  /**
   * Take a day such as "2026-11-21".
   * @param {string} name
   */
  const day = (name) => {
    const value = string(name);
    return checked(value, isDay(value));
  };

  return {
    take,
    items,
    day,

    /** Refuse fields that nobody took. */
    finish: () => {
      if (values.size) fail();
    },

    /**
     * Tell whether a field is there and was not taken: some are younger than the format.
     * @param {string} name
     */
    has: (name) => values.has(name),

    /**
     * Take a whole number within bounds.
     * @param {string} name
     */
    number: (name, lowest = 0, highest = 2 ** 31 - 1) => {
      const value = take(name);
      return typeof value == "number" && value >= lowest && value <= highest ? value + 0 : fail();
    },

    /** @param {string} name */
    truth: (name) => {
      const value = take(name);
      return typeof value == "boolean" ? value : fail();
    },

    /**
     * Take a text of at most `longest` characters.
     * @param {string} name
     * @param {number} longest
     */
    line: (name, longest) => {
      const value = string(name);
      return checked(value, characters(value) <= longest);
    },

    /**
     * Take one of the allowed texts.
     * @param {string} name
     * @param {readonly string[]} allowed
     */
    choice: (name, allowed) => {
      const value = string(name);
      return checked(value, allowed.includes(value));
    },

    /**
     * Take a quarter such as "2026-Q4", "earlier" or nothing.
     * @param {string} name
     */
    quarter: (name) => {
      const value = string(name);
      return checked(value, QUARTER.test(value));
    },

    /**
     * Take a taxonomy code or nothing.
     * @param {string} name
     */
    code: (name) => {
      const value = string(name);
      return checked(value, !value || isCode(value));
    },

    /**
     * Take a list of different taxonomy codes.
     * @param {string} name
     */
    codes: (name) => {
      const found = items(name, MAX_CODES).map(text);
      return checked(different(found), found.every(isCode));
    },

    /**
     * Take a day or null.
     * @param {string} name
     */
    dayOrNone: (name) => (values.get(name) === null ? (take(name), null) : day(name)),

    /**
     * Take raw bytes, written in lower-case hexadecimal.
     * @param {string} name
     * @param {number} size
     */
    hex: (name, size) => bytes(take(name), size),

    /**
     * Take raw bytes or null.
     * @param {string} name
     * @param {number} size
     */
    hexOrNone: (name, size) => {
      const value = take(name);
      return value === null ? null : bytes(value, size);
    },

    /**
     * Take a list of at most `most` different byte strings.
     * @param {string} name
     * @param {number} size
     * @param {number} most
     */
    hexes: (name, size, most) =>
      different(
        items(name, most).map((value) => bytes(value, size)),
        hex,
      ),

    /**
     * Take at most `most` raw bytes.
     * @param {string} name
     * @param {number} most
     */
    blob: (name, most) => {
      const found = unhex(string(name)) ?? fail();
      return checked(found, found.length <= most);
    },
  };
}
