// Python in the page: an editor below each exercise that is checked, and a worker that runs what
// stands in it. Only in a book made with `make book PYTHON_IN_PAGE=1`; in any other this does
// nothing. The worker can be stopped at any time, and is, when a cell takes too long.

import { element, set } from "./live.js";

const KEY = "gru-course-python";
const SECONDS = 20;

/** @typedef {{pyodide: string, python: string}} Edition */
/** @typedef {{printed: string, said: string, passed: boolean}} Answer */
/** @typedef {{blank: string, code: string}} Draft */

const edition = /** @type {Edition | undefined} */ (/** @type {any} */ (globalThis).gruCoursePython?.edition);
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const engine = new URL("../python/engine.js", script.src).href;

/** What somebody has written, by the number of the exercise. */
function drafts() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return /** @type {Record<string, Draft>} */ (
      Object.fromEntries(Object.entries(stored ?? {}).filter(([, draft]) => typeof draft?.code === "string"))
    );
  } catch {
    return {}; // nothing is stored, it is no JSON, or the browser stores nothing
  }
}

/**
 * @param {string} number
 * @param {Draft | null} draft
 */
function keep(number, draft) {
  const kept = drafts();
  if (draft) kept[number] = draft;
  else delete kept[number];
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // The browser stores nothing: the editor works all the same.
  }
}

class Stopped extends Error {}

/** The worker of this page: at most one, started when it is needed. */
class Python {
  /** @param {string} lesson */
  constructor(lesson) {
    this.lesson = lesson;
    /** @type {Set<string>} */
    this.passed = new Set();
    /** @type {Promise<Worker> | null} */
    this.starting = null;
    /** @type {((why: Error) => void) | null} */
    this.stopNow = null;
  }

  get isBusy() {
    return this.stopNow !== null;
  }

  /**
   * Let the worker do something, and return what comes of it.
   * @param {string} what
   * @param {string[]} given
   * @param {() => void} begins called when Python is there
   * @returns {Promise<Answer>}
   */
  async ask(what, given, begins) {
    let timer = 0;
    /** @type {Worker | null} */
    let worker = null;
    const stopped = new Promise((_, refused) => { this.stopNow = refused; });
    try {
      this.starting ??= this.start();
      worker = /** @type {Worker} */ (await Promise.race([this.starting, stopped]));
      begins();
      timer = setTimeout(
        () => this.stopNow?.(new Stopped(`Stopped after ${SECONDS} seconds. Is there a loop without an end?`)),
        1000 * SECONDS,
      );
      worker.postMessage({ what, given });
      return await /** @type {Promise<Answer>} */ (Promise.race([answered(worker), stopped]));
    } catch (error) {
      // Whatever was running goes on in the worker, so the worker goes.
      this.starting?.then((one) => one.terminate(), () => {});
      this.starting = null;
      throw error;
    } finally {
      clearTimeout(timer);
      this.stopNow = null;
    }
  }

  async start() {
    const parts = await loaded();
    const source = new Blob([parts.worker], { type: "text/javascript" });
    const address = URL.createObjectURL(source);
    const worker = new Worker(address);
    worker.postMessage({ parts: parts.files, lesson: this.lesson, passed: [...this.passed] });
    try {
      await answered(worker);
    } catch (error) {
      worker.terminate();
      throw error;
    } finally {
      URL.revokeObjectURL(address);
    }
    return worker;
  }
}

/**
 * The next message of a worker.
 * @param {Worker} worker
 * @returns {Promise<any>}
 */
function answered(worker) {
  return new Promise((done, failed) => {
    worker.onmessage = ({ data }) => (data.failed ? failed(new Error(data.failed)) : done(data));
    worker.onerror = (event) => failed(new Error(event.message || "The worker cannot be started."));
  });
}

/**
 * Load the script that holds Python, once.
 * @returns {Promise<{worker: string, files: Record<string, string>}>}
 */
async function loaded() {
  const there = () => /** @type {any} */ (globalThis).gruCoursePython?.engine;
  if (!there()) {
    await new Promise((done, failed) => {
      const added = document.createElement("script");
      added.src = engine;
      added.onload = done;
      added.onerror = () => failed(new Error("The file _static/python/engine.js of this book is missing."));
      document.head.append(added);
    });
  }
  return there();
}

/**
 * Show what stands between backticks as code.
 * @param {string} text
 */
function withCode(text) {
  return text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part));
}

/**
 * Let Tab indent and Enter keep the indentation; Escape makes the next Tab leave the field.
 * @param {HTMLTextAreaElement} field
 */
function indenting(field) {
  let leaves = false;
  const put = (/** @type {string} */ text) => {
    // The old command is the only one after which the browser can undo.
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  };
  field.addEventListener("keydown", (event) => {
    const before = field.value.slice(0, field.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (event.key === "Tab" && !leaves && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      if (!event.shiftKey) {
        put(" ".repeat(4 - (line.length % 4)));
      } else if (/ $/.test(line)) {
        const spaces = Math.min(4, (/ +$/.exec(line) ?? [""])[0].length);
        field.setRangeText("", before.length - spaces, before.length, "end");
        field.dispatchEvent(new Event("input"));
      }
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const indent = (/^ */.exec(line) ?? [""])[0];
      put(`\n${indent}${/:\s*$/.test(line) ? "    " : ""}`);
    }
    if (event.key !== "Shift") leaves = event.key === "Escape";
  });
  field.addEventListener("blur", () => { leaves = false; });
}

/**
 * Put an editor in the place that the page has left for it.
 * @param {HTMLElement} place
 * @param {Python} python
 * @param {() => void} changed called when Python has begun or ended something
 */
function editor(place, python, changed) {
  const number = place.dataset.exercise ?? "";
  const blank = (place.previousElementSibling?.querySelector("pre")?.textContent ?? "").trimEnd();
  const draft = drafts()[number];
  const id = `python-${number.replace(".", "-")}`;
  const field = /** @type {HTMLTextAreaElement} */ (element("textarea", {
    id, rows: Math.min(24, blank.split("\n").length + 5), spellcheck: "false", autocomplete: "off",
    autocapitalize: "off", autocorrect: "off", wrap: "off", "aria-describedby": `${id}-keys`,
  }));
  field.value = draft?.blank === blank ? draft.code : blank;
  const said = element("div", { class: "page-python-said", role: "status" });
  const button = (/** @type {string} */ label) => element("button", { type: "button", "aria-label": `${label}, exercise ${number}` }, label);
  const run = button("Run and check");
  const stop = button("Stop");
  const help = button("Hint");
  const anew = button("Start anew");
  let isMine = false;

  const tell = (/** @type {string} */ text, /** @type {string} */ verdict = "", /** @type {string} */ printed = "") => {
    const lines = text.split("\n").map((line) => element("p", {}, ...withCode(line.trim())));
    const shown = printed ? [element("p", {}, "Your cell printed:"), element("pre", { tabindex: "0" }, printed)] : [];
    said.replaceChildren(...lines, ...shown);
    set(said, { "data-verdict": verdict || undefined });
  };
  const ask = async (/** @type {string} */ what, /** @type {string[]} */ given) => {
    if (python.isBusy) {
      if (!isMine) tell("Another exercise is running on this page. Stop it, or wait for it.");
      return;
    }
    isMine = true;
    tell(python.starting ? "Running …" : "Python is starting, which takes a few seconds …");
    const going = python.ask(what, given, () => tell("Running …"));
    changed();
    try {
      const answer = await going;
      if (answer.passed) python.passed.add(number);
      tell(answer.said, what === "hint" ? "" : answer.passed ? "right" : "wrong", answer.printed);
    } catch (error) {
      const why = /** @type {Error} */ (error);
      tell(why instanceof Stopped
        ? `${why.message} Python starts again with the next run; then run what it needs of other exercises again.`
        : `Python cannot run here: ${why.message} The exercise can be answered in make lab.`);
    } finally {
      isMine = false;
      changed();
    }
  };
  run.addEventListener("click", () => ask("run", [number, field.value]));
  help.addEventListener("click", () => ask("hint", [number]));
  stop.addEventListener("click", () => {
    if (isMine) python.stopNow?.(new Stopped("Stopped."));
  });
  anew.addEventListener("click", () => {
    field.value = blank;
    keep(number, null);
    if (!isMine) tell("The field is as it was at first.");
  });
  field.addEventListener("input", () => keep(number, { blank, code: field.value }));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run.click();
  });
  indenting(field);
  place.append(
    element("label", { for: id }, `Your answer to ${number}`),
    field,
    element("p", { id: `${id}-keys`, class: "page-python-keys" },
      "Tab indents; Escape, then Tab leaves the field. Ctrl+Enter runs and checks."),
    element("p", { class: "page-python-buttons" }, run, stop, help, anew),
    said,
  );
  return () => {
    set(run, { "aria-disabled": python.isBusy });
    set(help, { "aria-disabled": python.isBusy });
    set(stop, { "aria-disabled": !isMine });
  };
}

if (edition) {
  const places = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll(".page-python")));
  const note = document.querySelector(".page-python-note");
  const python = new Python(note?.getAttribute("data-lesson") ?? "");
  /** @type {(() => void)[]} */
  const shows = [];
  const changed = () => shows.forEach((show) => show());
  shows.push(...places.map((place) => editor(place, python, changed)));
  changed();
  const link = (/** @type {string} */ address, /** @type {string} */ text) => element("a", { href: address }, text);
  note?.replaceChildren(element("p", {},
    "You can answer in the fields below. Python runs in this page, without a network and without leaving ",
    `your computer, and is stopped after ${SECONDS} seconds. It has a small NumPy, with the names that these exercises need. `,
    "What you write is kept in this browser only. "),
  element("p", { class: "page-python-licence" },
    `Python ${edition.python} (PSF licence) and `, link("https://pyodide.org", `Pyodide ${edition.pyodide}`), " (",
    link("https://www.mozilla.org/MPL/2.0/", "Mozilla Public License 2.0"), ", ",
    link("https://github.com/pyodide/pyodide", "source"), ")."));
}
