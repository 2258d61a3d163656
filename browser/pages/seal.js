/**
 * The script of the report form: from here on this browser locks.
 *
 * @module
 */

import { fetchPage } from "./adopt.js";
import { inIdle, lockOnce } from "./ahead.js";
import * as away from "./away.js";
import * as memory from "./memory.js";
import { takeReport } from "./report.js";
import { sendReport } from "./send.js";

away.install();
memory.install();
const form = document.querySelector("form#report[data-card]");
if (form instanceof HTMLFormElement && takeReport(form, { send: sendReport, fetchPage })) {
  inIdle([lockOnce]);
}
