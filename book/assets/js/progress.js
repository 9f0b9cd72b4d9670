// Progress: a mark in the contents at each page that was read and at its questions that were
// answered. Remembered in this browser only; a reader can save it, load it again and delete it.

import { element } from "./live.js";
import { ANSWERED, CHANGED, notes, READ, remember, remembered, storing } from "./remembered.js";

const FORMAT = "gru-course-progress";
/** A file of progress has some ten thousand characters. */
const LARGEST_FILE = 1_000_000;

/** @typedef {import("./remembered.js").Notes} Notes */

/** @type {Record<string, string[]>} the questions of each page that can be read; the build wrote it */
const contents = /** @type {any} */ (globalThis).gruCourseContents ?? {};
const book = new URL(document.documentElement.dataset.content_root ?? "./", location.href);

/**
 * The name of the page at an address; "" if it is no page of this book.
 * @param {string} address
 */
function pageAt(address) {
  const { protocol, host, pathname } = new URL(address, location.href);
  if (protocol !== book.protocol || host !== book.host || !pathname.startsWith(book.pathname)) return "";
  return decodeURI(pathname.slice(book.pathname.length)).replace(/\.html$/, "");
}

/**
 * How many of some questions were answered, and how many of these rightly.
 * @param {string[]} questions
 * @param {Notes} answered
 */
function counted(questions, answered) {
  const known = questions.filter((name) => Object.hasOwn(answered, name));
  return { answered: known.length, right: known.filter((name) => answered[name]).length };
}

const here = pageAt(location.href);
const links = /** @type {HTMLAnchorElement[]} */ (Array.from(document.querySelectorAll(".bd-links a.reference.internal")));
const summary = element("summary");
const said = element("p");
const status = element("p", { role: "status" });
const file = /** @type {HTMLInputElement} */ (element("input", { type: "file", accept: ".json,application/json", hidden: true }));
const read = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" }));
/** @type {{answered: Notes, read: Notes} | null} what was deleted last, while it can be taken back */
let deleted = null;

/**
 * @param {string} label
 * @param {() => void} press
 */
function button(label, press) {
  const made = /** @type {HTMLButtonElement} */ (element("button", { type: "button" }, label));
  made.addEventListener("click", press);
  return made;
}
const save = button("Save to a file", () => {
  const now = { format: FORMAT, version: 1, read: remembered(READ), answered: remembered(ANSWERED) };
  const content = new Blob([`${JSON.stringify(now, null, 2)}\n`], { type: "application/json" });
  const link = /** @type {HTMLAnchorElement} */ (element("a", { href: URL.createObjectURL(content), download: `${FORMAT}.json` }));
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  status.textContent = `Saved as ${FORMAT}.json, where your browser puts its downloads.`;
});
const load = button("Load from a file", () => file.click());
const forget = button("Delete", () => {
  if (deleted) {
    const { answered: before, read: pages } = deleted;
    deleted = null;
    remember(ANSWERED, before);
    remember(READ, pages);
    status.textContent = "Your progress is there again.";
    return;
  }
  const last = { answered: remembered(ANSWERED), read: remembered(READ) };
  remember(ANSWERED, null);
  remember(READ, null);
  deleted = last;
  status.textContent = "Your progress is deleted. Until you leave this page, you can take that back.";
  show();
});

file.addEventListener("change", async () => {
  const [chosen] = file.files ?? [];
  file.value = "";
  if (chosen) status.textContent = await taken(chosen);
});

/**
 * Add what a file remembers to what is remembered here; say what came of it.
 * @param {File} chosen
 */
async function taken(chosen) {
  const nothing = "Nothing was changed.";
  if (chosen.size > LARGEST_FILE) return `This file is too large to hold progress. ${nothing}`;
  let value;
  try {
    value = JSON.parse(await chosen.text());
  } catch {
    return `This file is damaged, or no file of progress: it is no JSON. ${nothing}`;
  }
  if (value?.format !== FORMAT || value.version !== 1) {
    return `This file is not one that “Save to a file” writes. ${nothing}`;
  }
  const pages = Object.entries(notes(value.read));
  const answers = Object.entries(notes(value.answered));
  const all = new Set(Object.values(contents).flat());
  const knownPages = pages.filter(([name]) => Object.hasOwn(contents, name));
  const knownAnswers = answers.filter(([name]) => all.has(name));
  deleted = null;
  remember(READ, { ...remembered(READ), ...Object.fromEntries(knownPages) });
  remember(ANSWERED, { ...remembered(ANSWERED), ...Object.fromEntries(knownAnswers) });
  const strange = pages.length + answers.length - knownPages.length - knownAnswers.length;
  return `Loaded: ${knownPages.length} pages and ${knownAnswers.length} answers.` +
    (strange ? ` ${strange} others are not in this edition and were left out.` : "");
}

/** Show what is remembered now, in the contents and at the end of the page. */
function show() {
  const pages = remembered(READ);
  const answered = remembered(ANSWERED);
  for (const link of links) {
    link.querySelector(".progress-mark")?.remove();
    const name = pageAt(link.href);
    if (!Object.hasOwn(contents, name)) continue;
    const questions = contents[name];
    const count = counted(questions, answered);
    if (!pages[name] && !count.answered) continue;
    const seen = [pages[name] ? "✓" : "", count.answered ? `${count.answered}/${questions.length}` : ""].filter(Boolean).join(" ");
    const told = [
      pages[name] ? "read" : "",
      count.answered ? `${count.answered} of ${questions.length} questions answered, ${count.right} right` : "",
    ].filter(Boolean).join(", ");
    link.append(element("span", { class: "progress-mark" },
      element("span", { "aria-hidden": "true" }, ` ${seen}`),
      element("span", { class: "visually-hidden" }, ` (${told})`)));
  }
  const names = Object.keys(contents);
  const total = counted(Object.values(contents).flat(), answered);
  summary.textContent = `Progress: ${names.filter((name) => pages[name]).length} of ${names.length} pages read`;
  said.textContent = `Questions answered: ${total.answered} of ${Object.values(contents).flat().length}, right at the last try: ${total.right}. ` +
    (storing()
      ? "This is stored in your browser only."
      : "Your browser stores nothing for this book: when you leave this page, it is forgotten. You can save it to a file.");
  const something = Object.keys(pages).length + Object.keys(answered).length > 0;
  if (something) deleted = null;
  forget.textContent = deleted ? "Take back the deletion" : "Delete";
  forget.disabled = !deleted && !something;
  read.checked = pages[here] === true;
}

const nav = document.querySelector("nav.bd-links");
if (nav && Object.keys(contents).length) {
  nav.after(element("details", { class: "progress-box" }, summary, said,
    element("p", { class: "progress-buttons" }, save, load, forget, file), status));
  if (Object.hasOwn(contents, here)) {
    read.addEventListener("change", () => {
      const { [here]: _, ...others } = remembered(READ);
      remember(READ, read.checked ? { ...others, [here]: true } : others);
    });
    document.querySelector("article.bd-article > section")?.append(
      element("p", { class: "progress-read" }, element("label", {}, read, " I have read this page"),
        element("small", {}, " The contents show it. It is stored in your browser only.")));
  }
  document.addEventListener(CHANGED, show);
  window.addEventListener("storage", ({ key }) => { // another window of the book
    if (key === null || key === READ || key === ANSWERED) show();
  });
  show();
}
