/**
 * Makes what the modules need and git does not hold, before any of them is loaded: `node --import ./test/ready.js`.
 */
import { packWords } from "../pack_words.js";

await packWords();
