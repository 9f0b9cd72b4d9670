// The live figure "Leaking windows": a series is cut into windows, and split in three ways. Which
// answers of the test lie in a window of the training?

import { choice, slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, drawing, element, follow, onResize, putStage, quoted, set,
} from "./live.js";
import { leak, LENGTH, SPLITS } from "./splits.js";

const NAME = "leaking-windows";
const TEXTS = {
  time: "by time, then windows",
  order: "windows first, then by time",
  shuffled: "windows first, then shuffled",
};

/**
 * @typedef {object} State
 * @property {number} history values that are known
 * @property {number} horizon values that are asked for
 * @property {import("./splits.js").Split} split
 * @property {number} window that is looked at, from 1; 0 for none
 */

/** @type {State} */
const AT_REST = { history: 5, horizon: 1, split: "shuffled", window: 0 };
/** @type {Record<string, [number, number]>} */
const LIMITS = { history: [2, 8], horizon: [1, 4], window: [1, LENGTH] };

/** @param {HTMLElement} figure */
function start(figure) {
  let state = { ...AT_REST };
  let found = leak(state.history, state.horizon, state.split);
  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const root = drawing("svg", { role: "img", "aria-label": "The windows, one in each row, over the steps of the series" });
  const description = element("span", { class: "live-hidden" });
  const texts = element("div", { class: "live-texts", "aria-hidden": "true" });
  const place = element("div", { class: "live-chart" }, root, texts, description);
  const sliders = {
    history: slider("history", "Known", "values", ...LIMITS.history, 1, (history) => change({ history, window: 0 })),
    horizon: slider("horizon", "Asked", "values", ...LIMITS.horizon, 1, (horizon) => change({ horizon, window: 0 })),
    window: slider("window", "Window", "", 1, LENGTH, 1, (window) => change({ window }, looked)),
  };
  const split = choice("The split", SPLITS.map((name) => [name, TEXTS[name]]), (value) => change({ split: value, window: 0 }));
  let width = 640;

  function described() {
    const { asked, seen, windows } = found;
    const tests = windows.filter(({ test }) => test).length;
    return `${windows.length - tests} windows to train on, ${tests} to test on. ` +
      `Of the ${asked} values that the test asks for, ${seen ? `${seen} ${seen === 1 ? "lies" : "lie"} in a window of the training` : "none lies in a window of the training"}.`;
  }

  function looked() {
    const one = found.windows[state.window - 1];
    const last = one.origin + state.horizon;
    const steps = state.horizon === 1 ? `step ${last}` : `steps ${one.origin + 1} to ${last}`;
    const by = one.test ? `; ${one.seenBy} windows of the training hold some of it` : "";
    return `Window ${state.window}, for the ${one.test ? "test" : "training"}, asks for ${steps}${by}.`;
  }

  /**
   * @param {Partial<State>} next
   * @param {() => string} [sentence]
   */
  function change(next, sentence = described) {
    state = { ...state, ...next };
    found = leak(state.history, state.horizon, state.split);
    draw();
    say(sentence);
    remember(Object.fromEntries(Object.entries(state)
      .filter(([key, value]) => value !== AT_REST[/** @type {keyof State} */ (key)])
      .map(([key, value]) => [key, String(value)])));
  }

  function draw() {
    const { history, horizon, window } = state;
    const { windows, trained } = found;
    sliders.history.show(history, 0);
    sliders.horizon.show(horizon, 0);
    sliders.window.input.max = String(windows.length);
    sliders.window.show(Math.max(1, window), 0);
    split.show(state.split);
    const left = 22;
    const column = (width - left - 4) / LENGTH;
    const tall = 13;
    const height = (windows.length + 1) * tall + 22;
    set(root, { viewBox: `0 0 ${width} ${height}`, width, height });
    const cell = (/** @type {number} */ step, /** @type {number} */ row, /** @type {string} */ kind) =>
      drawing("rect", { class: kind, x: left + step * column + 1, y: row * tall + 1.5, width: column - 2, height: tall - 3 });
    const cross = (/** @type {number} */ step, /** @type {number} */ row) => {
      const [x, y, r] = [left + (step + 0.5) * column, (row + 0.5) * tall, 4];
      return drawing("path", { class: "leak-cross", d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x - r} ${y + r}L${x + r} ${y - r}` });
    };
    root.replaceChildren(
      ...(window ? [drawing("rect", { class: "live-chosen", x: 1, y: (window - 1) * tall, width: width - 2, height: tall, rx: 3 })] : []),
      ...windows.flatMap(({ origin, test }, row) => Array.from({ length: history + horizon }, (_, i) => {
        const step = origin - history + i;
        const answer = i >= history;
        const kind = `${test ? "leak-test" : "leak-train"}${answer ? " leak-answer" : ""}`;
        return [cell(step, row, kind), ...(test && answer && trained[step] ? [cross(step, row)] : [])];
      }).flat()),
      ...trained.flatMap((there, step) => (there ? [cell(step, windows.length + 0.5, "leak-train leak-answer")] : [])),
    );
    const label = (/** @type {number} */ step, /** @type {string} */ said) =>
      element("span", { class: "live-number", style: `left: ${left + (step - 0.5) * column}px; top: ${height - 6}px` }, said);
    texts.replaceChildren(label(1, "1"), label(LENGTH / 2, `step ${LENGTH / 2}`), label(LENGTH, String(LENGTH)));
    description.textContent = described();
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    /** @type {string[]} */
    const problems = [];
    state = { ...AT_REST };
    for (const [key, text] of said) {
      try {
        if (key === "split" && SPLITS.some((name) => name === text)) state.split = /** @type {any} */ (text);
        else if (Object.hasOwn(LIMITS, key)) {
          state[/** @type {"history" | "horizon" | "window"} */ (key)] = Math.round(bounded(text, key, ...LIMITS[key]));
        } else throw new RangeError(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    found = leak(state.history, state.horizon, state.split);
    state.window = Math.min(state.window, found.windows.length);
    draw();
    return { problems, sentence: state.window ? looked() : described() };
  }

  root.addEventListener("click", (event) => {
    const row = Math.floor((event.clientY - root.getBoundingClientRect().top) / 13) + 1;
    if (row <= found.windows.length) change({ window: row }, looked);
  });
  const again = element("button", { type: "button", class: "live-reset" }, "Start again");
  again.addEventListener("click", () => change({ ...AT_REST }));
  /** @type {[string, string, Partial<State>][]} */
  const steps = [
    ["Split the windows in the order of time: with one value asked for, nothing is seen twice.", "In order", { split: "order" }],
    ["Ask for three values instead. The last windows of the training now reach into the test.", "In order, 3 asked", { split: "order", horizon: 3 }],
    ["Split the series first, and let each part ask only for its own values. Nothing leaks, however many are asked for.", "By time, 3 asked", { split: "time", horizon: 3 }],
  ];
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...steps.map(([text, label, next]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => change({ ...AT_REST, ...next }));
      return element("li", {}, text, " ", button);
    })),
    element("p", {}, "Then shuffle windows of other lengths: does any length help?"));
  const sample = (/** @type {string} */ kind) => drawing("svg", { width: 14, height: 12, "aria-hidden": "true" }, drawing("rect", { class: kind, x: 1, y: 1, width: 12, height: 10 }));
  const key = element("p", { class: "review-key" }, sample("leak-train"), " training, ", sample("leak-test"),
    " test; full where a value is asked for; × where the test asks for a value that a window of the training holds. The row below: all that the training holds.");
  const stage = element("div", { class: "live-stage" },
    element("div", { class: "live-presets" }, again), place, key, status,
    element("div", { class: "live-step" }, sliders.history.row, sliders.horizon.row, sliders.window.row),
    element("div", { class: "live-switches" }, split.group), guide);
  putStage(figure, stage);
  const fit = () => {
    width = place.clientWidth || 640;
    draw();
  };
  fit();
  status.textContent = described();
  follow(NAME, figure, status, fromAddress);
  onResize(stage, fit);
}

for (const figure of document.querySelectorAll(`[data-live="${NAME}"]`)) {
  start(/** @type {HTMLElement} */ (figure));
}
