/**
 * The script of the mailbox: from here on this browser opens, and locks what is sent from there.
 *
 * @module
 */

import * as away from "./away.js";
import { takeMailbox } from "./mailbox.js";
import * as memory from "./memory.js";

away.install();
memory.install();
const form = document.querySelector("form#enter");
if (form instanceof HTMLFormElement) takeMailbox(form);
