// The live figure "Forgetting race": what three trained networks keep of the first step.

import { chart } from "./chart.js";
import { choice, slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, element, follow, onResize, putStage, quoted, shown, symbol,
} from "./live.js";
import { LONGEST, memory, NAMES, symbols } from "./race.js";
import { startTrained } from "./weights.js";

/** @typedef {import("./race.js").Name} Name */
/** @typedef {import("./race.js").Memory} Memory */

const NAME = "forgetting-race";
const LETTERS = "ABCDEFGH";
const TITLES = { gru: "GRU", lstm: "LSTM", rnn: "simple RNN" };
const DECADES = 8;

/**
 * @typedef {object} State
 * @property {number} lag how many symbols follow the first
 * @property {number} bias what is added to the bias of the update gates of the GRU
 * @property {number} sequence number of the sequence
 * @property {"fresh" | "trained"} networks as Keras makes them, or trained
 * @property {number} step that is looked at; 0 for the last
 */

/** @type {State} */
const AT_REST = { lag: 40, bias: 0, sequence: 1, networks: "fresh", step: 0 };
/** @type {Record<"lag" | "bias" | "sequence" | "step", [number, number]>} */
const LIMITS = { lag: [1, LONGEST], bias: [-4, 6], sequence: [1, 999], step: [1, LONGEST + 1] };

/** @type {[string, (Node | string)[], Partial<State>, string][]} */
const STEPS = [
  ["Push the update gates of the untrained GRU open. It now forgets more slowly than both others.",
    ["Add 4 to ", symbol("b", "z")], { bias: 4 }, "The update gates of the GRU are nearly open: the first step fades slowly, as one of many that are kept."],
  ["Train all three to name a symbol that they saw 20 steps before. None forgets it any more, and yet the simple RNN finds the answer at a few steps only.",
    ["Train them"], { networks: "trained" }, "Trained, all three keep the first step."],
  ["Ask the same networks at the step for which they were trained.", ["Ask after 20"], { networks: "trained", lag: 20 }, "At the step for which they were trained all three know the answer."],
];

/**
 * @param {HTMLElement} figure
 * @param {import("./weights.js").Model} model
 */
function start(figure, model) {
  let state = { ...AT_REST };
  /** @type {{key: string, found: Memory}[]} */
  const known = [];
  let now = look();

  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const sequence = element("p", { class: "race-sequence" });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The numbers of this step" });
  const picture = chart("What is left of the first step in three networks", {
    left: { label: "left", kind: "live-h", height: 104, low: 0, high: 1, ticks: [0, 0.5, 1], names: ["0", "½", "1"] },
    gradient: { label: "gradient", kind: "live-h", height: 84, low: -DECADES, high: 1, ticks: [-8, -4, 0], names: ["10⁻⁸", "", "1"] },
    right: { label: "p(right)", kind: "live-h", height: 64, low: 0, high: 1, ticks: [0, 1] },
  }, (step) => change({ step: step > state.lag ? 0 : step }, looked));
  const sliders = {
    lag: slider("lag", "Lag", "in steps", ...LIMITS.lag, 1, (lag) => change({ lag, step: 0 }, asked)),
    bias: slider("bias", symbol("b", "z"), "added, GRU", ...LIMITS.bias, 0.1, (bias) => change({ bias }, asked)),
    step: slider("step", "Step", "", 1, LONGEST + 1, 1, (step) => change({ step: step > state.lag ? 0 : step }, looked)),
  };

  /**
   * What each network keeps; what did not change is not read again.
   * @param {number} ahead how many steps are read, so that a longer lag needs no new reading
   */
  function look(ahead = LONGEST + 1) {
    const steps = state.lag + 1;
    const find = (/** @type {Name} */ name) => {
      const shift = name === "gru" ? state.bias : 0;
      const key = `${name} ${state.networks} ${state.sequence} ${shift}`;
      let one = known.find((entry) => entry.key === key && entry.found.left.length >= steps);
      if (!one) {
        const options = { trained: state.networks === "trained", shift, steps: name === "gru" ? ahead : LONGEST + 1 };
        one = { key, found: memory(model, name, state.sequence, options) };
        known.push(one);
        if (known.length > 30) known.shift();
      }
      return one.found;
    };
    return NAMES.map((name) => {
      const { left, right, answers, gates, gradients } = find(name);
      return {
        name, answer: answers[steps - 1],
        gate: gates.slice(1, steps).reduce((sum, value) => sum + value, 0) / state.lag,
        answers: answers.slice(0, steps),
        left: left.slice(0, steps), right: right.slice(0, steps), gradient: gradients(steps),
      };
    });
  }

  const networks = choice("The networks", [["fresh", "as Keras makes them"], ["trained", "trained for a lag of 20"]],
    (value) => change({ networks: value }, asked));
  const first = () => symbols(state.sequence)[0];
  const step = () => Math.min(state.step || state.lag + 1, state.lag + 1);

  function asked() {
    const said = now.map(({ name, answer, left }) =>
      `${TITLES[name]} says ${LETTERS[answer]}, ${answer === first() ? "right" : "wrong"}, with ${shown(left[state.lag])} left`);
    return `After ${state.lag} more symbols, asked for the first one, ${LETTERS[first()]}: ${said.join("; ")}.`;
  }

  function looked() {
    const i = step() - 1;
    const said = now.map(({ name, left, gradient, right }) =>
      `${TITLES[name]} ${shown(left[i])}, gradient ${tiny(gradient[i])}, right with ${shown(right[i])}`);
    return `Step ${step()}, left of the first: ${said.join("; ")}.`;
  }

  /**
   * @param {Partial<State>} next
   * @param {() => string} sentence
   */
  function change(next, sentence) {
    state = { ...state, ...next };
    now = look(next.bias === undefined ? LONGEST + 1 : state.lag + 1);
    draw();
    say(sentence);
    remember(toAddress());
  }

  function draw() {
    const { lag, bias, sequence: number } = state;
    sliders.lag.show(lag, 0);
    sliders.bias.show(bias, 1);
    networks.show(state.networks);
    sliders.step.input.max = String(lag + 1);
    sliders.step.show(step(), 0);
    const [head, ...rest] = symbols(number).slice(0, lag + 1).map((symbol) => LETTERS[symbol]);
    sequence.replaceChildren("Sequence: ", element("b", {}, head), ` ${rest.join(" ")} – which was the first?`);
    const series = (/** @type {string} */ row, /** @type {(one: typeof now[0]) => number[]} */ values) =>
      now.map((one) => ({ row, form: /** @type {const} */ ("line"), kind: `race-${one.name}`, values: values(one) }));
    picture.draw({
      columns: lag + 1,
      step: step(),
      series: [
        ...series("left", ({ left }) => left),
        ...series("gradient", ({ gradient }) => gradient.map((value) => Math.log10(Math.max(value, 1e-99)))),
        ...series("right", ({ right }) => right),
      ],
      says: asked(),
    });
    const i = step() - 1;
    const [{ gate }] = now;
    formula.replaceChildren(
      ...now.map(({ name, left, gradient, right, answers }) => element("p", { class: `race-${name}` },
        `${TITLES[name]}, step ${i + 1}: `, element("b", {}, shown(left[i], 3)), " left, gradient ",
        element("b", {}, tiny(gradient[i])), `, says ${LETTERS[answers[i]]}, right with probability `,
        element("b", {}, shown(right[i], 3)))),
      element("p", { class: "live-z" }, "mean of the update gates ", symbol("z"), " = ", element("b", {}, shown(gate, 3)),
        "; held there for ", String(lag), ` ${lag === 1 ? "step" : "steps"}, a unit would keep `, shown(gate, 3), element("sup", {}, String(lag)), " = ",
        element("b", {}, tiny(gate ** lag))),
    );
  }

  function toAddress() {
    const said = Object.entries(state).filter(([key, value]) => value !== AT_REST[/** @type {keyof State} */ (key)]);
    return Object.fromEntries(said.map(([key, value]) => [key, String(value)]));
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    /** @type {string[]} */
    const problems = [];
    state = { ...AT_REST };
    for (const [key, text] of said) {
      try {
        if (key === "networks" && (text === "fresh" || text === "trained")) state.networks = text;
        else if (Object.hasOwn(LIMITS, key)) {
          const name = /** @type {keyof typeof LIMITS} */ (key);
          const value = bounded(text, key, ...LIMITS[name]);
          state[name] = name === "bias" ? value : Math.round(value);
        } else throw new RangeError(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    if (state.step > state.lag) state.step = 0;
    now = look();
    draw();
    return { problems, sentence: state.step ? looked() : asked() };
  }

  const again = element("button", { type: "button", class: "live-reset" }, "Start again");
  again.addEventListener("click", () => change({ ...AT_REST }, asked));
  const other = element("button", { type: "button" }, "Another sequence");
  other.addEventListener("click", () => change({ sequence: (state.sequence % LIMITS.sequence[1]) + 1 }, asked));
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...STEPS.map(([shows, label, next, says]) => {
      const button = element("button", { type: "button" }, ...label);
      button.addEventListener("click", () => change({ ...AT_REST, ...next }, () => `${says} ${asked()}`));
      return element("li", {}, shows, " ", button);
    })),
    element("p", {}, "Then ask the trained networks after longer lags, and try other sequences: each is one example only."));
  const key = element("p", { class: "review-key" }, ...NAMES.flatMap((name) => [
    element("span", { class: `race-${name} race-key` }, TITLES[name]), " "]));
  const stage = element("div", { class: "live-stage" },
    element("div", { class: "live-presets" }, other, again), sequence, key, picture.element, status,
    element("div", { class: "live-step" }, sliders.lag.row, sliders.bias.row, sliders.step.row),
    element("div", { class: "live-switches" }, networks.group), formula, guide);
  putStage(figure, stage);

  picture.fit();
  draw();
  status.textContent = asked();
  follow(NAME, figure, status, fromAddress);
  onResize(stage, () => {
    picture.fit();
    draw();
  });
}

/**
 * A number that may be very small.
 * @param {number} value
 */
function tiny(value) {
  return value >= 0.001 || value === 0 ? shown(value, 3) : value.toExponential(0).replace("-", "\u2212");
}

startTrained(NAME, start);
