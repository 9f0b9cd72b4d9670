// What this browser remembers of a reader: which pages were read, which questions answered. It never
// leaves the browser, unless the reader saves it to a file.

/** What was answered, by the name of the question: whether it was right at the last try. */
export const ANSWERED = "gru-course-questions";
/** Which pages were read, by their names: the address without `.html`, below that of the book. */
export const READ = "gru-course-pages";
/** Event of the document: something else is remembered now. */
export const CHANGED = "gru-course-remembered";

/** @typedef {Record<string, boolean>} Notes */

/**
 * Where the browser stores nothing: what is remembered until the page is left. Each script of a page
 * has a copy of this module; they share it.
 * @returns {Record<string, Notes>}
 */
function unstored() {
  const shared = /** @type {any} */ (globalThis);
  shared.gruCourseUnstored ??= {};
  return shared.gruCourseUnstored;
}

/** @type {boolean | undefined} asked once: other windows hear of each try */
let stores;

/** Whether the browser stores anything: not in some private windows, and not where it is full. */
export function storing() {
  if (stores === undefined) {
    try {
      localStorage.setItem("gru-course-probe", "1");
      localStorage.removeItem("gru-course-probe");
      stores = true;
    } catch {
      stores = false;
    }
  }
  return stores && Object.keys(unstored()).length === 0;
}

/**
 * What is remembered under a key. Whatever is damaged counts as not remembered.
 * @param {string} key
 * @returns {Notes}
 */
export function remembered(key) {
  const here = unstored()[key];
  if (here) return here;
  try {
    return notes(JSON.parse(localStorage.getItem(key) ?? "{}"));
  } catch {
    return {}; // it is no JSON, or the browser stores nothing
  }
}

/**
 * The part of a value that can be remembered: names with yes or no.
 * @param {unknown} value
 * @returns {Notes}
 */
export function notes(value) {
  const entries = value && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([, note]) => typeof note === "boolean"));
}

/**
 * Remember something else under a key, or nothing, and let the page know.
 * @param {string} key
 * @param {Notes | null} now
 */
export function remember(key, now) {
  delete unstored()[key];
  try {
    if (now) localStorage.setItem(key, JSON.stringify(now));
    else localStorage.removeItem(key);
  } catch {
    if (now) unstored()[key] = now; // everything works until the page is left
  }
  document.dispatchEvent(new Event(CHANGED));
}
