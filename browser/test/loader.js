/**
 * Lets node's test runner import text files as the bundle does: `node --import ./test/loader.js --test`.
 */
import { readFile } from "node:fs/promises";
import { register } from "node:module";

/**
 * Give a text file as a module whose default export is its text, and leave all else to node.
 *
 * @type {import("node:module").LoadHook}
 */
export async function load(url, context, next) {
  if (!url.endsWith(".txt")) return next(url, context);
  const text = await readFile(new URL(url), "utf8");
  return { format: "module", shortCircuit: true, source: `export default ${JSON.stringify(text)};` };
}

register(import.meta.url);
