/**
 * The script of every page that does not lock or open anything: leave quickly.
 *
 * @module
 */

import { install } from "./away.js";

install();
