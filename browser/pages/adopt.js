/**
 * Another page of the site in this page's place, without leaving it: what was typed stays.
 *
 * @module
 */

import { readAtMost } from "./bounded.js";

const PATIENCE_MS = 60_000;
/** More than any page. */
const PAGE_BYTES = 2 ** 21;

/**
 * Fetch a page; null when it does not come, or is no page with a form of this script.
 *
 * @param {string} url
 * @returns {Promise<Document | null>}
 */
export async function fetchPage(url) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, {
      cache: "no-store",
      credentials: "omit",
      mode: "same-origin",
      signal: patience.signal,
    });
    const body = response.ok ? await readAtMost(response, PAGE_BYTES) : null;
    if (!body) return null;
    const page = new DOMParser().parseFromString(new TextDecoder().decode(body), "text/html");
    return page.querySelector("form[data-site]") ? page : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Take over a fetched page's content, language and title.
 *
 * @param {Document} page
 * @param {string} url
 */
export function adopt(page, url) {
  for (const script of page.querySelectorAll("script")) script.remove();
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  try {
    history.replaceState(null, "", url);
  } catch {
    // Some browsers allow few such calls. Then the address stays, and what was typed stays, too.
  }
}
