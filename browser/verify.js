/**
 * Compares the scripts of this checkout with those that were just made from the lock: `node verify.js FOLDER`.
 *
 * FOLDER holds the scripts as built elsewhere; see `make verify-browser`. Prints sum and sizes of each and the
 * number of all together, which posters, pages and release notes show (release in dropbox/program.py), and ends
 * with 1 when what is served, what is published and what was built are not the same three times. With the word
 * `publish` behind FOLDER (`make publish-browser`) it writes the sums of what was built to dropbox/program.json.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv, exit } from "node:process";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { HERE, SCRIPTS, SERVED } from "./scripts.js";

const FILES = SCRIPTS.map((name) => `${name}.js`).sort();
/** Source: RFC 4648, section 6. */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PUBLISHED = join(HERE, "..", "dropbox", "program.json");

/** @param {Buffer} bytes */
const sumOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * Return the number of all scripts together.
 *
 * @param {Record<string, string | undefined>} sums by the names of the files
 */
function numberOf(sums) {
  const lines = FILES.map((name) => `${sums[name]}  ${name}\n`).join("");
  const bits = [...createHash("sha256").update(lines).digest()].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = [...bits.slice(0, 125).matchAll(/.{5}/g)].map(([five]) => BASE32[Number.parseInt(five, 2)]);
  return [...letters.join("").matchAll(/.{5}/g)].join(" ");
}

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
 * Return the sums of what was built.
 *
 * @param {string} folder where it was built
 */
async function sumsOf(folder) {
  /** @type {Record<string, string | undefined>} */
  const sums = {};
  for (const name of FILES) sums[name] = sumOf(await readFile(join(folder, name)));
  return sums;
}

const [folder, word] = argv.slice(2);
if (!folder) throw new Error("Which folder holds what was built?");
const sums = await sumsOf(folder);
if (word === "publish") await writeFile(PUBLISHED, `${JSON.stringify(sums, null, 2)}\n`);
const published = JSON.parse(await readFile(PUBLISHED, "utf8"));
const wrong = [];
for (const name of FILES) wrong.push(...(await compare(name, folder, published)));
console.log(`Together, the number of the program: ${numberOf(sums)}`);
for (const sentence of wrong) console.error(sentence);
if (!wrong.length) console.log("What is served, published and made anew is the same, byte for byte.");
exit(wrong.length ? 1 : 0);
