// The live figure "Backpropagation by hand": three steps of one GRU unit, and the gradient on its way
// back. The weights at rest are those of the lesson, and so are the numbers.

import { gru, run } from "./cells.js";
import { slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, element, follow, putStage, quoted, shown, symbol,
} from "./live.js";
import { LIMITS, oneUnit, weightSliders } from "./one-unit.js";

const NAME = "backprop-by-hand";
const STEPS = 3;

/**
 * @typedef {import("./one-unit.js").Weight} Weight
 * @typedef {object} State
 * @property {Record<Weight, number>} weights
 * @property {number[]} given the state before the first step, three inputs, and the target
 * @property {number} back how many steps the gradient has gone back
 */

/** @type {[string, string, string][]} name in the address, letter and index */
const GIVEN = [["h0", "h", "0"], ["x1", "x", "1"], ["x2", "x", "2"], ["x3", "x", "3"], ["target", "target", ""]];
const PATHS = ["direct", "update gate", "candidate", "reset gate"];

/** @returns {State} */
function atRest() {
  return {
    weights: { Wz: 2, Uz: -2, bz: -1, Wr: 0, Ur: 4, br: 0, Wh: 1, Uh: -1, bh: 0, ch: 0 },
    given: [0.5, 1, -0.5, 0.5, 1],
    back: STEPS,
  };
}

/**
 * Forward, and back along the four paths of each step.
 * @param {State} state
 */
export function differentiate({ weights: w, given: [start, ...rest] }) {
  const target = rest[STEPS];
  const { steps, states } = run(gru(oneUnit(w)), rest.slice(0, STEPS).map((x) => [x]), {
    state: [[start]],
  });
  const h = states.map(([state]) => state[0]);
  const z = steps.map((step) => step.z[0]);
  const r = steps.map((step) => step.r[0]);
  const c = steps.map((step) => step.candidate[0]);
  const paths = z.map((_, t) => {
    const slope = 1 - c[t] ** 2;
    return [
      z[t],
      z[t] * (1 - z[t]) * w.Uz * (h[t] - c[t]),
      slope * r[t] * w.Uh * (1 - z[t]),
      r[t] * (1 - r[t]) * w.Ur * slope * (h[t] * w.Uh + w.ch) * (1 - z[t]),
    ];
  });
  const factors = paths.map((path) => path.reduce((sum, value) => sum + value, 0));
  const gradients = [0, 0, 0, h[STEPS] - target];
  for (let t = STEPS - 1; t >= 0; t -= 1) gradients[t] = gradients[t + 1] * factors[t];
  // What each step adds to the gradient of U_z, which is used at all of them.
  const shares = z.map((_, t) => gradients[t + 1] * (h[t] - c[t]) * z[t] * (1 - z[t]) * h[t]);
  return { x: rest.slice(0, STEPS), h, z, r, c, paths, factors, gradients, shares, loss: 0.5 * (h[STEPS] - target) ** 2 };
}

/** @param {number} value */
function signed(value) {
  return value > 0 ? `+${shown(value, 4)}` : shown(value, 4);
}

/** @param {HTMLElement} figure */
function start(figure) {
  let state = atRest();
  let computed = differentiate(state);
  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const forward = element("div", { class: "windows-array", tabindex: 0, role: "region", "aria-label": "Forward" });
  const backward = element("div", { class: "windows-array", tabindex: 0, role: "region", "aria-label": "Back" });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The formulas with the numbers" });
  const weights = weightSliders((name, value) =>
    change({ weights: { ...state.weights, [name]: value } }, () => `${name} is ${shown(value, 1)}. ${described()}`));
  const given = GIVEN.map(([name, letter, index], i) =>
    slider(name, symbol(letter, index || undefined), "", -1, 1, 0.1, (value) =>
      change({ given: state.given.map((old, k) => (k === i ? value : old)) }, () => `${name} is ${shown(value, 1)}. ${described()}`)));
  const back = slider("back", "Steps back", "", 0, STEPS, 1, (value) => change({ back: value }, wentBack));

  function described() {
    const { gradients, shares } = computed;
    const sum = shares.reduce((total, share) => total + share, 0);
    return `The gradient at h3 is ${signed(gradients[3])}, at h0 ${signed(gradients[0])}; that of Uz is ${signed(sum)}.`;
  }

  function wentBack() {
    const { gradients, factors } = computed;
    const at = STEPS - state.back;
    return state.back
      ? `At h${at}: ${signed(gradients[at + 1])} times ${signed(factors[at])} gives ${signed(gradients[at])}.`
      : `The gradient begins at h3: ${signed(gradients[STEPS])}, the state minus its target.`;
  }

  /**
   * @param {Partial<State>} next
   * @param {() => string} sentence
   */
  function change(next, sentence) {
    state = { ...state, ...next };
    computed = differentiate(state);
    draw();
    say(sentence);
    remember(toAddress());
  }

  function draw() {
    const { x, h, z, r, c, paths, factors, gradients, shares, loss } = computed;
    weights.show(state.weights);
    given.forEach((one, i) => one.show(state.given[i], 1));
    back.show(state.back, 0);
    const there = (/** @type {number} */ t) => t >= STEPS - state.back;
    forward.replaceChildren(table("Forward, from left to right", [
      ["input x", "", x.map((value) => shown(value, 1))],
      ["update gate z", "live-z", z.map((value) => shown(value, 4))],
      ["reset gate r", "live-r", r.map((value) => shown(value, 4))],
      ["candidate", "live-candidate", c.map((value) => shown(value, 4))],
      ["new state h", "live-h", h.slice(1).map((value) => shown(value, 4))],
    ]));
    const largest = Math.max(...paths.flat().map(Math.abs), 1e-9);
    const bar = (/** @type {number} */ value) => [
      element("span", { class: value < 0 ? "backprop-bar backprop-minus" : "backprop-bar", style: `width: ${(100 * Math.abs(value)) / largest}%` }),
      signed(value),
    ];
    const whenThere = (/** @type {(t: number) => (Node | string)[] | string} */ cell) =>
      z.map((_, t) => (there(t) ? cell(t) : "·"));
    backward.replaceChildren(table("Back, from right to left", [
      ["arrives at the new state", "live-h", z.map((_, t) => (t === STEPS - 1 || there(t + 1) ? signed(gradients[t + 1]) : "·"))],
      ...PATHS.map((name, k) => /** @type {const} */ ([`path: ${name}`, ["live-z", "live-z", "live-candidate", "live-r"][k], whenThere((t) => bar(paths[t][k]))])),
      ["factor, their sum", "live-h", whenThere((t) => signed(factors[t]))],
      ["leaves at the old state", "live-h", whenThere((t) => signed(gradients[t]))],
      ["share of Uz", "live-z", whenThere((t) => signed(shares[t]))],
    ]));
    const at = STEPS - state.back;
    const d = (/** @type {number} */ t) => [element("i", {}, "∂L"), "/∂", symbol("h", t)];
    const sum = shares.reduce((total, share) => total + share, 0);
    formula.replaceChildren(
      element("p", { class: "live-h" }, "L = ½ (", symbol("h", 3), " − target)² = ", element("b", {}, shown(loss, 4))),
      element("p", { class: "live-h" }, ...d(3), " = ", shown(h[STEPS], 4), " − (", shown(state.given[4], 1), ") = ", element("b", {}, signed(gradients[STEPS]))),
      ...(state.back ? [
        element("p", { class: "live-h" }, ...d(at), " = ", ...d(at + 1), " · factor = ", `${signed(gradients[at + 1])} · (${signed(factors[at])}) = `, element("b", {}, signed(gradients[at]))),
      ] : []),
      ...(state.back === STEPS ? [
        element("p", { class: "live-z" }, element("i", {}, "∂L"), "/∂", symbol("U", "z"), " = ", shares.map(signed).join(" "), " = ", element("b", {}, signed(sum))),
      ] : []),
    );
  }

  function toAddress() {
    const rest = atRest();
    /** @type {Record<string, string>} */
    const said = {};
    for (const [name, value] of Object.entries(state.weights)) {
      if (value !== rest.weights[/** @type {Weight} */ (name)]) said[name] = String(value);
    }
    GIVEN.forEach(([name], i) => {
      if (state.given[i] !== rest.given[i]) said[name] = String(state.given[i]);
    });
    if (state.back !== rest.back) said.back = String(state.back);
    return said;
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    /** @type {string[]} */
    const problems = [];
    state = atRest();
    for (const [key, text] of said) {
      try {
        const most = LIMITS.get(key);
        const place = GIVEN.findIndex(([name]) => name === key);
        if (most !== undefined) state.weights[/** @type {Weight} */ (key)] = bounded(text, key, -most, most);
        else if (place >= 0) state.given[place] = bounded(text, key, -1, 1);
        else if (key === "back") state.back = Math.round(bounded(text, key, 0, STEPS));
        else throw new RangeError(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    computed = differentiate(state);
    draw();
    return { problems, sentence: described() };
  }

  const again = element("button", { type: "button", class: "live-reset" }, "Start again");
  again.addEventListener("click", () => change(atRest(), described));
  /** @type {[(Node | string)[], (Node | string)[], (rest: State) => State, string][]} */
  const steps = [
    [["Begin at the loss, and let the gradient go back a step at a time."], ["Begin at the loss"],
      (rest) => ({ ...rest, back: 0 }), "Now move “Steps back” from 0 to 3."],
    [["Open the update gates. The direct path is left, and nearly all of the gradient arrives."],
      ["Set ", symbol("b", "z"), " to 6"], (rest) => ({ ...rest, weights: { ...rest.weights, bz: 6 } }),
      "The direct path is near 1, and the others are closed by 1 − z."],
    [["Gates do not rule out growth: with a large weight behind the candidate the paths through it grow."],
      ["Set ", symbol("U", "h"), " to 5, ", symbol("b", "z"), " to −6"],
      (rest) => ({ ...rest, given: [0, 0, 0, 0, 1], weights: { ...rest.weights, Uh: 5, bz: -6 } }),
      "Each factor is above 1: the gradient at h0 is larger than at h3."],
  ];
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...steps.map(([text, label, next, says]) => {
      const button = element("button", { type: "button" }, ...label);
      button.addEventListener("click", () => change(next(atRest()), () => `${says} ${described()}`));
      return element("li", {}, ...text, " ", button);
    })),
    element("p", {}, "Then find weights with which the gradient at the first state has another sign than at the last."));
  putStage(figure, element("div", { class: "live-stage" },
    element("div", { class: "live-step" }, back.row, again), forward, backward, status, formula, guide,
    element("div", { class: "live-step" }, ...given.map(({ row }) => row)),
    element("div", { class: "live-groups" }, ...weights.groups)));

  draw();
  status.textContent = described();
  follow(NAME, figure, status, fromAddress);
}

/**
 * A table with a column for each step.
 * @param {string} title
 * @param {(readonly [string, string, ((Node | string)[] | string)[]])[]} rows name, class, cells
 */
function table(title, rows) {
  const head = element("tr", {}, element("td"), ...Array.from({ length: STEPS }, (_, t) =>
    element("th", { scope: "col" }, `step ${t + 1}`)));
  return element("table", { class: "backprop-table" }, element("caption", {}, title),
    element("thead", {}, head),
    element("tbody", {}, ...rows.map(([name, kind, cells]) => element("tr", { class: kind },
      element("th", { scope: "row" }, name),
      ...cells.map((cell) => element("td", {}, ...(typeof cell === "string" ? [cell] : cell)))))));
}

for (const figure of document.querySelectorAll(`[data-live="${NAME}"]`)) {
  start(/** @type {HTMLElement} */ (figure));
}
