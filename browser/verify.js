/**
 * Compares the scripts of this checkout with those that were just made from the lock: `node verify.js FOLDER`.
 *
 * FOLDER holds the scripts as built elsewhere; see `make verify-browser`. Prints sum and sizes of each, and ends
 * with 1 when what is served, what is published and what was built are not the same three times. With the word
 * `publish` behind FOLDER (`make publish-browser`) it writes the sums of what was built to dropbox/program.json.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { HERE, SCRIPTS, SERVED } from "./build.js";

const FILES = SCRIPTS.map((name) => `${name}.js`);
const PUBLISHED = join(HERE, "..", "dropbox", "program.json");

/** @param {Buffer} bytes */
const sumOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** @param {string} path */
const readIfThere = (path) => readFile(path).catch(() => undefined);

/** @param {Buffer} script */
function sizes(script) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const brotli = brotliCompressSync(script, { params }).length;
  const gzip = gzipSync(script, { level: constants.Z_BEST_COMPRESSION }).length;
  return `${script.length} bytes, ${brotli} in brotli, ${gzip} in gzip`;
}

/**
 * Look at one script.
 *
 * @param {string} name its file
 * @param {string} folder where it was built
 * @param {Record<string, string>} published
 * @returns {Promise<string[]>} what is wrong, in sentences
 */
async function compare(name, folder, published) {
  const built = await readFile(join(folder, name));
  const served = await readIfThere(join(SERVED, name));
  console.log(`${sumOf(built)}  ${name}  (${sizes(built)})`);
  const wrong = [];
  if (!served) wrong.push(`${name} was not made in this checkout. Run make environment.`);
  else if (!served.equals(built)) {
    wrong.push(`${name} as this checkout serves it is NOT what its sources give: ${sumOf(served)}.`);
  }
  if (!published[name]) wrong.push(`${name} has no published sum in dropbox/program.json.`);
  else if (published[name] !== sumOf(built)) {
    wrong.push(`${name} is NOT what was published in dropbox/program.json: ${published[name]}.`);
  }
  return wrong;
}

/**
 * Write down the sums of what was built, one line for each script.
 *
 * @param {string} folder where it was built
 */
async function publish(folder) {
  /** @type {Record<string, string | undefined>} */
  const sums = {};
  for (const name of FILES) sums[name] = sumOf(await readFile(join(folder, name)));
  await writeFile(PUBLISHED, `${JSON.stringify(sums, null, 2)}\n`);
}

const [folder, word] = argv.slice(2);
if (!folder) throw new Error("Which folder holds what was built?");
if (word === "publish") await publish(folder);
const published = JSON.parse(await readFile(PUBLISHED, "utf8"));
const wrong = [];
for (const name of FILES) wrong.push(...(await compare(name, folder, published)));
for (const sentence of wrong) console.error(sentence);
if (!wrong.length) console.log("What is served, published and made anew is the same, byte for byte.");
exit(wrong.length ? 1 : 0);
