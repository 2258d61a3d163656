/**
 * Which scripts there are, and where they lie. Needs no package, so that a checkout without any can compare.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(fileURLToPath(import.meta.url));
export const SERVED = join(HERE, "..", "dropbox", "site", "static");
export const SCRIPTS = ["leave", "letter", "open", "seal"];
