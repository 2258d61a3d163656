/**
 * The script of the report form and of the mailbox: from here on this browser locks and opens.
 *
 * @module
 */

import { fetchPage } from "./adopt.js";
import * as away from "./away.js";
import { takeMailbox } from "./mailbox.js";
import * as memory from "./memory.js";
import { takeReport } from "./report.js";
import { sendReport } from "./send.js";

away.install();
memory.install();
const report = document.querySelector("form#report[data-card]");
const enter = document.querySelector("form#enter");
if (report instanceof HTMLFormElement) takeReport(report, { send: sendReport, fetchPage });
if (enter instanceof HTMLFormElement) takeMailbox(enter);
