/** Days and the dates owed. Days are texts such as "2026-11-21", in UTC; no clock here. */

/** How far a writer's clock may be ahead of the reader's; what claims more is refused. */
export const CLOCK_TOLERANCE = 2;

const DAY = 864e5;

/** @param {number} at milliseconds since 1970 */
const written = (at) => new Date(at).toISOString().slice(0, 10);

/**
 * Tell whether a text is a day in exactly the form "2026-11-21", from the year 1 on.
 * @param {string} text
 */
export function isDay(text) {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return at >= -621355968e5 && written(at) == text;
}

/**
 * @param {string} day
 * @param {number} count
 */
export const addDays = (day, count) => written(Date.parse(day) + count * DAY);

/**
 * Count the days from one day to another; below 0 when it lies before.
 * @param {string} from
 * @param {string} to
 */
export const daysBetween = (from, to) => (Date.parse(to) - Date.parse(from)) / DAY;

/**
 * Return the same day months later, or that month's last day where there is none.
 * @param {string} day
 * @param {number} months
 */
export function addMonths(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  return written(last.setUTCDate(Math.min(date, last.getUTCDate())));
}

/**
 * Return the last day for confirming a report of this day.
 * Source: Wet bescherming klokkenluiders, art. 2 lid 2: within 7 days.
 * @param {string} day
 */
export const receiptOwed = (day) => addDays(day, 7);

/**
 * Return the last day for feedback on a report of this day.
 * Source: Wet bescherming klokkenluiders, art. 2 lid 2: within 3 months.
 * @param {string} day
 */
export const feedbackOwed = (day) => addMonths(day, 3);
