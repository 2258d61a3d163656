/**
 * Bundles the scripts that reporters run: `node build.js [FOLDER]`.
 *
 * Invariants: the same lock and sources give the same bytes, wherever and however often; a script carries the
 * licences of all that it contains; nobody ever sees half a script.
 */
import { realpathSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { FROM, PACKED, packWords } from "./pack_words.js";
import { HERE, SCRIPTS, SERVED } from "./scripts.js";

const PACKAGE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const TERMS = /Permission is hereby granted, free of charge[^]*$/;

/**
 * Return the comment with which a script says whose work is in it.
 *
 * @param {string[]} inputs the files that esbuild put into the script
 * @returns {Promise<string>}
 * @throws {Error} a package has another licence than MIT, or terms of its own
 */
async function licences(inputs) {
  const names = new Set(inputs.flatMap((path) => (path === PACKED ? FROM : (PACKAGE.exec(path)?.[1] ?? []))));
  const said = new Set();
  const holders = [];
  for (const name of [...names].sort()) {
    const folder = join(HERE, "node_modules", name);
    const { license, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const text = await readFile(join(folder, "LICENSE"), "utf8");
    const owner = /Copyright \(c\) .*/i.exec(text)?.[0].trim();
    const terms = TERMS.exec(text)?.[0].replace(/[“”]/g, '"').replace(/\s+/g, " ").trim();
    if (license !== "MIT" || !owner || !terms) throw new Error(`${name}: not the MIT licence`);
    holders.push(`${name} ${version}: ${owner}`);
    said.add(terms);
  }
  if (said.size > 1) throw new Error(`The parts have different terms:\n${[...said].join("\n")}`);
  return ["/*! Meldkluis, EUPL-1.2.", ...(said.size ? ["Contains under MIT:", ...holders, ...said] : [])].join("\n") + " */";
}

/**
 * Bundle one script.
 *
 * @param {string} name its name without `.js`
 * @returns {Promise<string>} the script
 */
async function bundle(name) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: HERE,
    entryPoints: [`pages/${name}.js`],
    bundle: true,
    write: false,
    metafile: true,
    outdir: "out",
    format: "iife",
    platform: "browser",
    target: "es2020",
    charset: "utf8",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    tsconfigRaw: {},
  });
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput ? path : [])),
  );
  return `${await licences(parts)}\n${outputFiles[0]?.text}`;
}

/**
 * Bundle all scripts into a folder, each put in place in one step.
 *
 * @param {string} folder where they go
 */
export async function buildAll(folder) {
  await packWords();
  const made = await Promise.all(SCRIPTS.map(bundle));
  await mkdir(folder, { recursive: true });
  for (const [at, name] of SCRIPTS.entries()) {
    const draft = join(folder, `.${name}.js.new`);
    await writeFile(draft, made[at] ?? "");
    await rename(draft, join(folder, `${name}.js`));
  }
}

if (argv[1] && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) await buildAll(argv[2] ?? SERVED);
