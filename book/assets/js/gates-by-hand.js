// The live figure "Gates by hand": one GRU unit on 16 steps, with every number under one's hand.

import { gru, run } from "./cells.js";
import { choice, slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, drawing, element, follow, onResize, putStage, quoted, set, shown,
  symbol,
} from "./live.js";
import { LIMITS, oneUnit, weightSliders } from "./one-unit.js";

const NAME = "gates-by-hand";
const STEPS = 16;

/**
 * @typedef {import("./one-unit.js").Weight} Weight
 * @typedef {object} State
 * @property {string} from the preset it started from
 * @property {Record<Weight, number>} weights
 * @property {number[]} x
 * @property {number} t the step that is looked at, from 1
 * @property {"keeps" | "writes"} one what z = 1 does
 * @property {"after" | "before"} reset
 */

const NONE = { Wz: 0, Uz: 0, bz: 0, Wr: 0, Ur: 0, br: 6, Wh: 0, Uh: 0, bh: 0, ch: 0 };
const PULSES = inputs({ 2: 1, 5: 1, 8: 1, 11: 1, 14: 1 });

/** @type {Record<string, {weights: Record<Weight, number>, x: number[], t: number, says: string}>} */
const PRESETS = {
  remember: {
    weights: { ...NONE, Wz: -12, bz: 6, Wh: 3 },
    x: inputs({ 3: 1, 6: -0.5, 9: -1, 12: -0.5 }),
    t: 3,
    says:
      "Remember: an input of 1 pulls z down to 0, and the state is written. At every other " +
      "step z is near 1, and the state is carried on, also past the negative inputs.",
  },
  forget: {
    weights: { ...NONE, Wh: 3 },
    x: inputs({ 3: 1, 10: -1 }),
    t: 4,
    says: "Forget: z is one half at every step, so each step halves what is left of an input.",
  },
  latch: {
    weights: { ...NONE, bz: -5, Wh: 4, Uh: 3 },
    x: inputs({ 2: 1, 5: -0.3, 7: 0.3, 8: -1, 11: 0.3, 13: 1 }),
    t: 8,
    says:
      "Latch: z is near 0 and keeps nothing. The candidate repeats the old state by itself: 1 sets " +
      "it, −1 turns it over, small inputs are ignored. It can hold two values only.",
  },
  toggle: {
    weights: { ...NONE, Wz: -12, bz: 6, Wh: 1, Uh: -4 },
    x: PULSES,
    t: 5,
    says:
      "Toggle: at an input of 1 the candidate is formed with the opposite sign of the old state, " +
      "so every such input turns the state over. For that the reset gate must be open.",
  },
  count: {
    weights: { ...NONE, Wz: -12, bz: 6, Wh: 0.2, Uh: 1.2 },
    x: PULSES,
    t: 8,
    says:
      "Count: each of the first three inputs of 1 adds about a fifth. Then the steps shrink, since " +
      "the state cannot pass 1: a GRU counts a little way only.",
  },
};

/** @param {Record<number, number>} some the inputs that are not 0, by their step */
function inputs(some) {
  return Array.from({ length: STEPS }, (_, i) => some[i + 1] ?? 0);
}

/**
 * @param {string} name
 * @returns {State}
 */
function preset(name) {
  const { weights, x, t } = PRESETS[name];
  return { from: name, weights: { ...weights }, x: [...x], t, one: "keeps", reset: "after" };
}

/** @param {State} state */
function compute({ weights: w, x, one, reset }) {
  const cell = gru(oneUnit(w, reset), one);
  const { steps, states } = run(cell, x.map((value) => [value]));
  const of = (/** @type {string} */ name) => steps.map((step) => step[name][0]);
  const h = states.map(([state]) => state[0]);
  return { z: of("z"), r: of("r"), candidate: of("candidate"), h };
}

/**
 * The state that an address describes, with a sentence for each part that it could not use.
 * @param {URLSearchParams} said
 */
function fromAddress(said) {
  /** @type {string[]} */
  const problems = [];
  const attempt = (/** @type {() => void} */ read) => {
    try {
      read();
    } catch (error) {
      problems.push(/** @type {Error} */ (error).message);
    }
  };
  const from = said.get("from") ?? "remember";
  const known = Object.hasOwn(PRESETS, from);
  if (!known) {
    problems.push(`${quoted(from)} is no preset; expected ${Object.keys(PRESETS).join(", ")}.`);
  }
  const state = preset(known ? from : "remember");
  for (const [key, text] of said) {
    attempt(() => {
      const most = LIMITS.get(key);
      if (most !== undefined) {
        state.weights[/** @type {Weight} */ (key)] = bounded(text, key, -most, most);
      } else if (key === "x") {
        const values = text.split(",").slice(0, STEPS + 1);
        if (values.length !== STEPS) throw new RangeError(`x needs ${STEPS} numbers.`);
        state.x = values.map((value, i) => bounded(value, `x${i + 1}`, -1, 1));
      } else if (key === "t") {
        state.t = Math.round(bounded(text, "t", 1, STEPS));
      } else if (key === "one" && (text === "keeps" || text === "writes")) {
        state.one = text;
      } else if (key === "reset" && (text === "after" || text === "before")) {
        state.reset = text;
      } else if (key !== "from") {
        throw new RangeError(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
      }
    });
  }
  return { state, problems };
}

/**
 * What of a state the address must hold: the preset, and what differs from it.
 * @param {State} state
 */
function toAddress(state) {
  const start = preset(state.from);
  /** @type {Record<string, string>} */
  const said = { from: state.from };
  for (const [name, value] of Object.entries(state.weights)) {
    if (value !== start.weights[/** @type {Weight} */ (name)]) said[name] = String(value);
  }
  if (String(state.x) !== String(start.x)) said.x = String(state.x);
  if (state.t !== start.t) said.t = String(state.t);
  if (state.one !== start.one) said.one = state.one;
  if (state.reset !== start.reset) said.reset = state.reset;
  return Object.keys(said).length === 1 && state.from === "remember" ? {} : said;
}

/** @param {HTMLElement} figure */
function start(figure) {
  let state = preset("remember");
  let computed = compute(state);
  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const picture = makePicture((t, x) => {
    const next = copy(state);
    next.t = t;
    if (x !== undefined) next.x[t - 1] = x;
    const sentence = () => (x === undefined ? looked() : `The input at step ${t} is ${shown(x, 1)}.`);
    change(next, sentence, x !== undefined);
  });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The formulas with the numbers of this step" });
  const controls = makeControls();
  const guide = makeGuide();

  /** @param {State} old */
  function copy(old) {
    return { ...old, weights: { ...old.weights }, x: [...old.x] };
  }

  function looked() {
    const { z, r, candidate, h } = computed;
    const i = state.t - 1;
    return (
      `Step ${state.t}: input ${shown(state.x[i], 1)}, z ${shown(z[i])}, r ${shown(r[i])}, ` +
      `candidate ${shown(candidate[i])}; the state goes from ${shown(h[i])} to ${shown(h[i + 1])}.`
    );
  }

  /**
   * Take a new state and say what follows from it.
   * @param {State} next
   * @param {() => string} sentence
   * @param {boolean} [compares] whether it is worth saying what became of the last state
   */
  function change(next, sentence, compares = true) {
    const before = computed.h[STEPS];
    state = next;
    computed = compute(state);
    draw();
    const now = computed.h[STEPS];
    const end = shown(now) === shown(before)
      ? `The last state is ${shown(now)}, as before.`
      : `The last state is ${shown(now)}; it was ${shown(before)}.`;
    say(() => (compares ? `${sentence()} ${end}` : sentence()));
    remember(toAddress(state));
  }

  function draw() {
    picture.draw(state, computed);
    controls.draw();
    formula.replaceChildren(...formulas(state, computed));
  }

  function makeControls() {
    const buttons = Object.keys(PRESETS).map((name) => {
      const button = element("button", { type: "button" }, name);
      button.addEventListener("click", () => change(preset(name), () => PRESETS[name].says, false));
      return button;
    });
    const step = slider("step", "Step", "", 1, STEPS, 1, (value) => {
      change({ ...copy(state), t: value }, looked, false);
    });
    const input = slider("input", symbol("x"), "input at this step", -1, 1, 0.1, (value) => {
      const next = copy(state);
      next.x[state.t - 1] = value;
      change(next, () => `The input at step ${state.t} is ${shown(value, 1)}.`);
    });
    const weights = weightSliders((name, value) => {
      const next = copy(state);
      next.weights[name] = value;
      change(next, () => `${name} is ${shown(value, 1)}.`);
    });
    const one = choice("An update gate of 1", [
      ["keeps", "keeps the old state (this book)"],
      ["writes", "writes the candidate"],
    ], (value) => {
      const said = value === "keeps" ? "keeps the old state" : "writes the candidate";
      change({ ...copy(state), one: value }, () => `Now z near 1 ${said}, with the same weights.`);
    });
    const reset = choice("The reset gate acts", [
      ["after", "after the product (Keras)"],
      ["before", "before the product"],
    ], (value) => {
      const said = value === "before"
        ? "There is no second bias now; for one unit nothing else differs."
        : "The second bias stands inside the bracket that r multiplies.";
      change({ ...copy(state), reset: value }, () => said);
    });
    const again = element("button", { type: "button", class: "live-reset" }, "Start again");
    again.addEventListener("click", () => change(preset("remember"), () => PRESETS.remember.says, false));
    const start = element("div", { class: "live-presets", role: "group", "aria-label": "Presets" },
      element("span", { "aria-hidden": "true" }, "Make it"), ...buttons, again);
    return {
      start,
      step: element("div", { class: "live-step" }, step.row, input.row),
      rest: element("div", { class: "live-controls" },
        element("div", { class: "live-groups" }, ...weights.groups),
        element("div", { class: "live-switches" }, one.group, reset.group)),
      draw() {
        const named = String(Object.entries(toAddress({ ...state, t: PRESETS[state.from].t })));
        const pure = named === "" || named === `from,${state.from}`;
        buttons.forEach((button) => {
          set(button, { "aria-pressed": String(pure && button.textContent === state.from) });
        });
        step.show(state.t, 0);
        input.show(state.x[state.t - 1], 1);
        weights.show(state.weights);
        weights.input("ch").disabled = state.reset === "before";
        one.show(state.one);
        reset.show(state.reset);
      },
    };
  }

  function makeGuide() {
    /** @type {[string, (Node | string)[], (Node | string)[], (next: State) => void, string][]} */
    const steps = [
      ["remember", [symbol("b", "z"), " holds the gate open while the input is 0. Take it away: ",
        "where the input is 0, half of the state is lost."],
      ["Set ", symbol("b", "z"), " to 0"], (next) => { next.weights.bz = 0; next.t = 4; },
      "Without its bias z is one half where the input is 0, and half of the state is lost at each such step."],
      ["remember", ["Many texts have the other convention, in which 1 writes. The same weights ",
        "are then another network. Change the signs of ", symbol("W", "z"), " and ",
        symbol("b", "z"), " by hand, and the first one is back."],
      ["Let 1 write"], (next) => { next.one = "writes"; next.t = 4; },
      "With the same weights z near 1 now writes the candidate, and what was stored at step 3 is lost at step 4."],
      ["toggle", ["A toggle has to know the old state to turn it over. Close the reset gate: the ",
        "candidate no longer sees it, and each input of 1 writes the same value."],
      ["Toggle with r closed"], (next) => { next.weights.br = -8; next.t = 5; },
      "With r near 0 the candidate does not see the old state, and each input of 1 writes the same value."],
    ];
    const items = steps.map(([from, text, label, apply, says]) => {
      const button = element("button", { type: "button" }, ...label);
      button.addEventListener("click", () => {
        const next = preset(from);
        apply(next);
        change(next, () => says, false);
      });
      return element("li", {}, ...text, " ", button);
    });
    return element("div", { class: "live-guide" },
      element("p", {}, "Three things to try:"), element("ol", {}, ...items),
      element("p", {}, "Then build one of your own: a unit that keeps the last input that was ",
        "negative, or one that counts down. The address of the page holds what you set."));
  }

  const stage = element("div", { class: "live-stage" }, controls.start, picture.element, status,
    controls.step, formula, guide, controls.rest);
  putStage(figure, stage);

  picture.fit();
  draw();
  status.textContent = PRESETS.remember.says;
  follow(NAME, figure, status, (said) => {
    const { state: asked, problems } = fromAddress(said);
    state = asked;
    computed = compute(state);
    draw();
    return { problems, sentence: looked() };
  });
  onResize(stage, () => {
    picture.fit();
    picture.draw(state, computed);
  });
}

// The rows of the picture: top, height, and the values at their lower and upper edge.
const ROWS = {
  x: { top: 10, height: 50, low: -1, high: 1 },
  z: { top: 80, height: 38, low: 0, high: 1 },
  r: { top: 136, height: 38, low: 0, high: 1 },
  h: { top: 194, height: 116, low: -1, high: 1 },
};
const HEIGHT = 334;
const LEFT = 84;

/**
 * The picture. A click chooses a step; in the row of the inputs it sets the input, too.
 * @param {(t: number, x?: number) => void} touched
 */
function makePicture(touched) {
  const description = element("span", { class: "live-hidden" });
  const root = drawing("svg", { role: "img", "aria-label": "Inputs, gates and states of 16 steps" });
  let width = 0;
  let column = 0;
  /** @type {Record<string, SVGElement[]>} */
  let parts = {};
  let one = element("span");
  const texts = element("div", { class: "live-texts", "aria-hidden": "true" });
  let dragged = false;
  const middle = (/** @type {number} */ i) => LEFT + (i + 0.5) * column;
  const y = (/** @type {keyof typeof ROWS} */ row, /** @type {number} */ value) => {
    const { top, height, low, high } = ROWS[row];
    return top + height * (1 - (value - low) / (high - low));
  };

  function build() {
    set(root, { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT });
    column = (width - LEFT - 6) / STEPS;
    // Texts are no part of the drawing: they are laid over it, so that they keep their size.
    const text = (/** @type {string} */ kind, /** @type {number} */ x, /** @type {number} */ at,
      /** @type {string} */ said) =>
      element("span", { class: kind, style: `left: ${x}px; top: ${at}px` }, said);
    const label = (/** @type {number} */ at, /** @type {string} */ said, /** @type {string} */ kind) =>
      text(`live-label ${kind}`, 0, at, said);
    const many = (/** @type {string} */ tag, /** @type {string} */ kind) =>
      Array.from({ length: STEPS }, () => drawing(tag, { class: kind }));
    const line = (/** @type {keyof typeof ROWS} */ row, /** @type {number} */ value) =>
      drawing("line", { class: "live-grid", x1: LEFT, x2: width - 6, y1: y(row, value), y2: y(row, value) });
    const tick = (/** @type {keyof typeof ROWS} */ row, /** @type {number} */ value) =>
      text("live-tick", LEFT - 5, y(row, value), shown(value, 0));
    const every = column < 22 ? 3 : 1;
    parts = {
      chosen: [drawing("rect", { class: "live-chosen", y: 2, height: HEIGHT - 22, rx: 4 })],
      x: many("rect", "live-x"),
      z: many("rect", "live-z"),
      r: many("rect", "live-r"),
      candidate: many("path", "live-candidate"),
      path: [drawing("polyline", { class: "live-path" })],
      h: many("circle", "live-h"),
    };
    one = label(ROWS.z.top + 31, "", "live-aside");
    const band = drawing("rect", {
      class: "live-band", x: LEFT, y: ROWS.x.top - 6, width: width - LEFT - 6, height: ROWS.x.height + 12,
    });
    root.replaceChildren(
      ...parts.chosen,
      ...Object.entries(ROWS).flatMap(([name, { low, high }]) => {
        const row = /** @type {keyof typeof ROWS} */ (name);
        return [low, ...(low < 0 ? [0] : []), high].map((value) => line(row, value));
      }),
      ...Object.values(parts).slice(1).flat(),
      band,
    );
    texts.replaceChildren(
      ...[-1, 0, 1].flatMap((v) => [tick("x", v), tick("h", v)]),
      ...[0, 1].flatMap((v) => [tick("z", v), tick("r", v)]),
      label(ROWS.x.top + 27, "input x", "live-x"),
      label(ROWS.z.top + 13, "update z", "live-z"),
      one,
      label(ROWS.r.top + 20, "reset r", "live-r"),
      label(ROWS.h.top + 43, "● state", "live-h"),
      label(ROWS.h.top + 77, "◇ cand.", "live-candidate"),
      label(HEIGHT - 9, "step", "live-aside"),
      ...Array.from({ length: STEPS }, (_, i) => i)
        .filter((i) => i % every === 0)
        .map((i) => text("live-number", middle(i), HEIGHT - 9, String(i + 1))),
    );
  }

  const place = (/** @type {PointerEvent} */ event) => {
    const box = root.getBoundingClientRect();
    const t = Math.floor((event.clientX - box.left - LEFT) / column) + 1;
    return { t: Math.min(STEPS, Math.max(1, t)), at: event.clientY - box.top };
  };
  const input = (/** @type {number} */ at) => {
    const { top, height } = ROWS.x;
    const value = 1 - (2 * (at - top)) / height;
    return Math.round(10 * Math.min(1, Math.max(-1, value))) / 10;
  };
  root.addEventListener("pointerdown", (event) => {
    const { t, at } = place(event);
    dragged = at < ROWS.x.top + ROWS.x.height + 6;
    if (dragged) {
      root.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
    touched(t, dragged ? input(at) : undefined);
  });
  root.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const { t, at } = place(event);
    touched(t, input(at));
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    root.addEventListener(end, () => { dragged = false; });
  }

  return {
    element: element("div", { class: "live-picture" }, root, texts, description),
    /** Fit the room there is. Asked for only when it changes: the answer costs a layout. */
    fit() {
      width = root.parentElement?.clientWidth || 640;
      build();
    },
    /**
     * @param {State} state
     * @param {ReturnType<typeof compute>} computed
     */
    draw(state, { z, r, candidate, h }) {
      const bar = Math.max(4, column * 0.62);
      set(parts.chosen[0], { x: LEFT + (state.t - 1) * column, width: column });
      for (let i = 0; i < STEPS; i += 1) {
        const x = middle(i) - bar / 2;
        const up = y("x", Math.max(0, state.x[i]));
        const tall = Math.max(1, Math.abs(y("x", state.x[i]) - y("x", 0)));
        set(parts.x[i], { x, width: bar, y: up, height: tall });
        set(parts.z[i], { x, width: bar, y: y("z", z[i]), height: Math.max(1, y("z", 0) - y("z", z[i])) });
        set(parts.r[i], { x, width: bar, y: y("r", r[i]), height: Math.max(1, y("r", 0) - y("r", r[i])) });
        const at = y("h", candidate[i]);
        set(parts.candidate[i], { d: `M${middle(i)} ${at - 6}l6 6l-6 6l-6 -6z` });
        set(parts.h[i], { cx: middle(i), cy: y("h", h[i + 1]), r: Math.min(5, column * 0.24) });
      }
      const points = h.map((value, i) => `${i ? middle(i - 1) : LEFT},${y("h", value)}`);
      set(parts.path[0], { points: points.join(" ") });
      one.textContent = state.one === "keeps" ? "1 keeps" : "1 writes";
      const list = h.slice(1).map((value) => shown(value, 1)).join(", ");
      description.textContent = `The states of the 16 steps: ${list}.`;
    },
  };
}

/**
 * The four equations at the chosen step, in letters and in numbers.
 * @param {State} state
 * @param {ReturnType<typeof compute>} computed
 */
function formulas({ weights: w, x, t, one, reset }, { z, r, candidate, h }) {
  const i = t - 1;
  const now = { x: x[i], old: h[i], z: z[i], r: r[i], c: candidate[i] };
  // What is set has no zeros at its end; what is computed has three digits.
  const n = (/** @type {number} */ value) => {
    const text = shown(value, Math.round(value * 10) === value * 10 ? 1 : 3).replace(/\.0$/, "");
    return text.startsWith("\u2212") ? `(${text})` : text;
  };
  const [xt, old, zt, rt, ct] = [
    () => symbol("x", t), () => symbol("h", t - 1), () => symbol("z", t), () => symbol("r", t),
    () => symbol("h̃", t),
  ];
  const line = (/** @type {string} */ kind, /** @type {Node} */ left,
    /** @type {(Node | string)[]} */ letters, /** @type {string} */ numbers, /** @type {number} */ value) =>
    element("p", { class: kind },
      left, " = ", ...letters, element("br"),
      element("span", { class: "live-numbers" }, ` = ${numbers} = `, element("b", {}, shown(value, 3))));
  const gate = (/** @type {string} */ g, /** @type {number[]} */ [W, b, U]) => /** @type {const} */ ([
    ["σ(", xt(), symbol("W", g), " + ", symbol("b", g), " + ", old(), symbol("U", g), ")"],
    `σ(${n(now.x)}·${n(W)} + ${n(b)} + ${n(now.old)}·${n(U)})`,
  ]);
  const [zLetters, zNumbers] = gate("z", [w.Wz, w.bz, w.Uz]);
  const [rLetters, rNumbers] = gate("r", [w.Wr, w.br, w.Ur]);
  const after = reset === "after";
  const inner = after
    ? [rt(), "·(", old(), symbol("U", "h"), " + ", symbol("c", "h"), ")"]
    : ["(", rt(), "·", old(), ")", symbol("U", "h")];
  const innerNumbers = after
    ? `${n(now.r)}·(${n(now.old)}·${n(w.Uh)} + ${n(w.ch)})`
    : `(${n(now.r)}·${n(now.old)})·${n(w.Uh)}`;
  const keeps = one === "keeps";
  return [
    line("live-z", zt(), [...zLetters], zNumbers, now.z),
    line("live-r", rt(), [...rLetters], rNumbers, now.r),
    line("live-candidate", ct(),
      ["tanh(", xt(), symbol("W", "h"), " + ", symbol("b", "h"), " + ", ...inner, ")"],
      `tanh(${n(now.x)}·${n(w.Wh)} + ${n(w.bh)} + ${innerNumbers})`, now.c),
    line("live-h", symbol("h", t),
      keeps
        ? [zt(), "·", old(), " + (1 − ", zt(), ")·", ct()]
        : ["(1 − ", zt(), ")·", old(), " + ", zt(), "·", ct()],
      keeps
        ? `${n(now.z)}·${n(now.old)} + ${n(1 - now.z)}·${n(now.c)}`
        : `${n(1 - now.z)}·${n(now.old)} + ${n(now.z)}·${n(now.c)}`,
      h[t]),
  ];
}

for (const figure of document.querySelectorAll(`[data-live="${NAME}"]`)) {
  start(/** @type {HTMLElement} */ (figure));
}
