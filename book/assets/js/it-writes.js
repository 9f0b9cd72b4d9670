// The live figure "It writes": from probabilities to a text, one drawn character after the other.

import { chart } from "./chart.js";
import { slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, element, follow, onResize, putStage, quoted, set, shown, symbol,
} from "./live.js";
import { startTrained } from "./weights.js";
import { characterWriter, LONGEST_BEGINNING, LONGEST_TEXT } from "./writer.js";

const NAME = "it-writes";
/** How many of the likeliest characters have a bar. */
const BARS = 8;
/** For so many milliseconds it writes before what is there is shown. */
const SLICE = 4;
/** From one character to the next, where a person looks on. */
const PACE = 150;
const STORED = 200;
const AT_REST = { text: "ROMEO:\n", temperature: 0.8, p: 1, seed: 1, count: 120, look: 1 };

/**
 * @typedef {object} State
 * @property {string} text the beginning
 * @property {number} temperature
 * @property {number} p
 * @property {number} seed
 * @property {number} count how many characters are written
 * @property {number} look which of them is looked at, counted from 1; 0 for the last
 */

/** @type {[string, string, Partial<State>, string][]} what it shows, button, what changes, what is said */
const STEPS = [
  ["A low temperature makes the differences between the scores larger. Nearly always the likeliest character comes.",
    "Temperature 0.2", { temperature: 0.2, p: 1 }, "Nearly all of the probability is on one character, and the words are real and plain ones."],
  ["A high temperature makes them smaller. Characters that the model itself holds to be unlikely come up all the time.",
    "Temperature 1.6", { temperature: 1.6, p: 1 }, "Many characters share the probability, and many of the words are none."],
  ["Top-p takes the unlikely ones away, and leaves the others in the proportion that the model gave them.",
    "Top-p 0.7", { temperature: 1, p: 0.7 }, "The tail is cut off at temperature 1: only the likeliest characters that together reach 0.7 are left."],
];

/**
 * A character as it is shown alone.
 * @param {string} character
 */
function sign(character) {
  return character === "\n" ? "↵" : character === " " ? "␣" : character;
}

/**
 * A character as it is said.
 * @param {string} character
 */
function spoken(character) {
  return character === "\n" ? "line break" : character === " " ? "space" : `“${character}”`;
}

/**
 * The end of a text for a sentence, without the breaks of its lines.
 * @param {string} text
 */
function brief(text) {
  const line = text.replace(/\n+/g, " / ");
  return `“${line.length > 60 ? `…${line.slice(-60)}` : line}”`;
}

/**
 * @param {HTMLElement} figure
 * @param {import("./weights.js").Model} model
 */
function start(figure, model) {
  const writer = characterWriter(model);
  const { characters } = writer;
  const judged = JSON.parse(model.provenance.found).judged;
  /** @type {State} */
  let state = { ...AT_REST };
  let beginning = writer.encode(state.text);
  /** @type {number[]} what of it is read */
  let given = [];
  let writing = writer.write([], state);
  let waiting = 0;
  let pacing = 0;
  /** What is said once all is written: about the text, or about the character that is looked at. */
  let sentence = described;

  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const written = element("p", { class: "writer-text", "aria-hidden": "true" });
  const copy = element("p", { class: "live-hidden" });
  const bars = element("div", { class: "windows-array" });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The numbers of this character" });
  const text = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { id: `${NAME}-text`, rows: 2, dir: "auto", spellcheck: "false", autocomplete: "off" })
  );
  const picture = chart("The surprise and what the state does, character by character", {
    bits: { label: "surprise", kind: "live-h", height: 50, low: 0, high: 8, ticks: [0, 8], names: ["0", "8 bit"] },
    z: { label: "mean z", kind: "live-z", height: 40, low: 0, high: 1, ticks: [0, 1] },
    change: { label: "change", kind: "live-candidate", height: 40, low: 0, high: 0.4, ticks: [0, 0.4], names: ["0", "0.4"] },
  }, (place) => look(place));
  const sliders = {
    temperature: slider("temperature", "Temperature", "", 0.1, 2, 0.05, (value) => change({ temperature: value })),
    p: slider("p", "Top-p", "", 0.05, 1, 0.05, (value) => change({ p: value })),
    seed: slider("seed", "Seed", "", 0, 99, 1, (value) => change({ seed: value })),
    count: slider("count", "Length", "", 1, LONGEST_TEXT, 1, (value) => change({ count: value })),
    look: slider("look", "Character", "", 1, AT_REST.count, 1, (value) => look(value)),
  };
  const button = (/** @type {string} */ label, /** @type {() => void} */ press, kind = "") => {
    const made = element("button", { type: "button", class: kind }, label);
    made.addEventListener("click", press);
    return made;
  };
  const slowly = button("Write it slowly", () => (pacing ? stop() : pace()));
  const presets = element("div", { class: "live-presets" },
    button("One character more", () => change({ count: Math.min(state.count + 1, LONGEST_TEXT), look: 0 }, looked)),
    slowly,
    button("Another seed", () => change({ seed: (state.seed + 1) % 100 })),
    button("Start again", () => change({ ...AT_REST }), "live-reset"));

  /** The character that is looked at, counted from 1; 0 if there is none. */
  const chosen = () => Math.min(state.look || Infinity, writing.steps.length);
  const asText = (/** @type {number[]} */ ids) => ids.map((id) => characters[id]).join("");
  const whole = () => asText(writing.steps.map(({ id }) => id));

  /**
   * @param {Partial<State>} to
   * @param {() => string} about what is said of it
   */
  function change(to, about = described, says = "") {
    stop();
    state = { ...state, ...to };
    take(about, says);
  }

  /** @param {() => string} about */
  function take(about, says = "") {
    beginning = writer.encode(state.text);
    given = beginning.ids.slice(-LONGEST_BEGINNING);
    writing = writer.write(given, state);
    sentence = about;
    go(says);
  }

  /**
   * Write a slice of time long, show what is there, and go on.
   * @param {string | null} says in front of what follows from it; null for nothing at all
   */
  function go(says) {
    window.clearTimeout(waiting);
    const all = writing.on(performance.now() + SLICE);
    draw(all);
    set(stage, { "aria-busy": all ? undefined : "true" });
    if (!all) {
      waiting = window.setTimeout(() => go(says));
      return;
    }
    if (says === null) return;
    say(() => `${says} ${sentence()}`.trim());
    remember(toAddress());
  }

  /** Write one character after the other, as long as a person looks on. */
  function pace() {
    const { count } = state;
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches || !given.length) {
      change({ look: 0 }, looked);
      return;
    }
    state.count = 0;
    state.look = 0;
    slowly.textContent = "Stop";
    const next = () => {
      state.count += 1;
      take(looked);
      if (state.count >= count) stop();
    };
    pacing = window.setInterval(next, PACE);
    next();
  }

  function stop() {
    window.clearInterval(pacing);
    pacing = 0;
    slowly.textContent = "Write it slowly";
  }

  /** @param {number} place */
  function look(place) {
    stop();
    state.look = place === writing.steps.length ? 0 : place;
    sentence = looked;
    drawStep();
    drawPicture();
    say(looked);
    remember(toAddress());
  }

  function problem() {
    const left = beginning.left.slice(0, 5).map(quoted).join(", ");
    const more = beginning.left.length > 5 ? ` and ${beginning.left.length - 5} more` : "";
    return [
      left ? `The model does not know ${left}${more}, and does not read what it does not know.` : "",
      beginning.ids.length > given.length ? `Only the last ${given.length} characters of the beginning are read.` : "",
      given.length ? "" : "There is nothing to go on from: type at least one character that the plays have, such as a letter.",
    ].filter(Boolean).join(" ");
  }

  function described() {
    const how = `At temperature ${shown(state.temperature)}, top-p ${shown(state.p)} and with seed ${state.seed}`;
    return [
      problem(),
      given.length ? `${how} it wrote ${writing.steps.length} characters: ${brief(whole())}` : "",
    ].filter(Boolean).join(" ");
  }

  function looked() {
    if (!chosen()) return problem();
    const { id, said, drawn } = writing.steps[chosen() - 1];
    const possible = drawn.filter((share) => share > 0).length;
    return `Character ${chosen()}, ${spoken(characters[id])}: the model gives it ${shown(said[id], 3)}, and it was drawn with probability ` +
      `${shown(drawn[id], 3)}. ${possible} of ${characters.length} characters could have come.`;
  }

  /** @param {boolean} all whether all is written; before, the rows below the text can wait */
  function draw(all) {
    if (text.value !== state.text) text.value = state.text;
    sliders.temperature.show(state.temperature, 2);
    sliders.p.show(state.p, 2);
    sliders.seed.show(state.seed, 0);
    sliders.count.show(state.count, 0);
    copy.textContent = `What was written: ${whole()}`;
    written.replaceChildren(
      element("span", { class: "writer-given" }, asText(given)),
      ...writing.steps.map(({ id }) => element("span", {}, characters[id] === "\n" ? "↵\n" : characters[id])),
    );
    drawStep();
    if (all) drawPicture();
  }

  function drawPicture() {
    const { steps } = writing;
    picture.draw({
      columns: steps.length,
      step: chosen(),
      series: [
        { row: "bits", form: "bars", kind: "live-h", values: steps.map(({ surprise }) => surprise) },
        { row: "z", form: "bars", kind: "live-z", values: steps.map(({ gate }) => gate) },
        { row: "change", form: "bars", kind: "live-candidate", values: steps.map(({ moved }) => moved) },
      ],
      says: `The surprises in bits: ${steps.map(({ surprise }) => shown(surprise, 1)).join(", ")}.`,
    });
  }

  function drawStep() {
    const at = chosen();
    const { steps } = writing;
    written.querySelector(".writer-chosen")?.removeAttribute("class");
    if (at) set(written.children[at], { class: "writer-chosen" });
    sliders.look.input.max = String(Math.max(1, steps.length));
    sliders.look.show(Math.max(1, at), 0);
    bars.replaceChildren(...(at ? [table(steps[at - 1])] : []));
    formula.replaceChildren(...(at ? numbers(steps[at - 1]) : []));
  }

  /**
   * The likeliest characters, the one that came among them.
   * @param {import("./writer.js").Step} step
   */
  function table({ id, said, drawn }) {
    const likeliest = Array.from(drawn, (_, i) => i)
      .sort((a, b) => drawn[b] - drawn[a] || said[b] - said[a] || a - b)
      .slice(0, BARS);
    if (!likeliest.includes(id)) likeliest[BARS - 1] = id;
    const bar = (/** @type {string} */ kind, /** @type {number} */ share) =>
      element("span", { class: `writer-bar ${kind}`, style: `width: ${100 * share}%` });
    return element("table", { class: "writer-bars" },
      element("caption", {}, `Character ${chosen()}: what could come, the likeliest first`),
      element("thead", {}, element("tr", {},
        element("th", { scope: "col" }, "next"),
        element("th", { scope: "col" }, "the model says"),
        element("th", { scope: "col" }, "drawn from"),
        element("td", { "aria-hidden": "true" }))),
      element("tbody", {}, ...likeliest.map((one) => element("tr", { class: one === id && "writer-came" },
        element("th", { scope: "row" }, sign(characters[one]),
          element("span", { class: "live-hidden" }, sign(characters[one]) === characters[one] ? "" : ` ${spoken(characters[one])}`),
          one === id ? " ← came" : ""),
        element("td", {}, shown(said[one], 3)),
        element("td", {}, shown(drawn[one], 3)),
        element("td", { "aria-hidden": "true" }, bar("writer-said", said[one]), bar("writer-drawn", drawn[one]))))));
  }

  /**
   * The numbers of the chosen character.
   * @param {import("./writer.js").Step} step
   */
  function numbers({ id, logits, said, drawn, number, from, to, surprise, gate, moved }) {
    const line = (/** @type {string} */ kind, /** @type {(Node | string)[]} */ ...parts) =>
      element("p", { class: kind }, ...parts);
    const value = (/** @type {number} */ one, digits = 3) => element("b", {}, shown(one, digits));
    const name = () => element("q", {}, sign(characters[id]));
    const hot = said.map((_, i) => logits[i] / state.temperature);
    const largest = Math.max(...hot);
    const sum = hot.reduce((total, one) => total + Math.exp(one - largest), 0);
    const kept = drawn.filter((share) => share > 0).length;
    return [
      line("live-h", symbol("a"), "(", name(), ") = ", value(logits[id]), ", the score; divided by the temperature ",
        shown(state.temperature), ": ", value(logits[id] / state.temperature)),
      line("live-h", "softmax: exp(", symbol("a"), " / ", symbol("T"), ") / Σ exp(", symbol("a"), " / ", symbol("T"), ") = ",
        value(Math.exp(hot[id] - largest) / sum)),
      line("live-h", "top-p ", shown(state.p), " keeps ", element("b", {}, String(kept)), " of ", String(characters.length),
        " characters; shared out among them: ", value(drawn[id])),
      line("live-h", "random number ", String(chosen()), " of seed ", String(state.seed), ": ", value(number, 4), ", between ",
        shown(from, 4), " and ", shown(to, 4), ", the stretch of ", name()),
      line("live-h", "surprise of the model: −log", element("sub", {}, "2"), " ", shown(said[id], 3), " = ", value(surprise, 2), " bits"),
      line("live-z", "while ", name(), " is read, mean of the update gates ", symbol("z"), " = ", value(gate)),
      line("live-candidate", "mean change of the state = ", value(moved)),
    ];
  }

  function toAddress() {
    /** @type {Record<string, string>} */
    const said = {};
    if (state.text !== AT_REST.text) {
      said.text = encodeURIComponent(Array.from(state.text).slice(-STORED).join("").replace(/\p{Cs}/gu, ""));
    }
    for (const key of /** @type {const} */ (["temperature", "p", "seed", "count", "look"])) {
      if (state[key] !== AT_REST[key]) said[key] = String(state[key]);
    }
    return said;
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    stop();
    /** @type {string[]} */
    const problems = [];
    /** @type {State} */
    const asked = { ...AT_REST, text: said.get("text") ?? AT_REST.text };
    /** @type {Record<string, [number, number, number]>} least, most, digits */
    const bounds = { temperature: [0.1, 2, 2], p: [0.05, 1, 2], seed: [0, 99, 0], count: [1, LONGEST_TEXT, 0], look: [0, LONGEST_TEXT, 0] };
    for (const [key, value] of said) {
      try {
        if (Object.hasOwn(bounds, key)) {
          const [least, most, digits] = bounds[key];
          const name = /** @type {"temperature" | "p" | "seed" | "count" | "look"} */ (key);
          asked[name] = Number(bounded(value, key, least, most).toFixed(digits));
        } else if (key !== "text") throw new RangeError(`${quoted(`${key}=${value}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    state = asked;
    take(described);
    writing.on();
    go(null);
    return { problems, sentence: said.has("look") ? looked() : described() };
  }

  written.addEventListener("click", ({ target }) => {
    const place = Array.from(written.children).indexOf(/** @type {Element} */ (target));
    if (place > 0) look(place); // the first one is the beginning
  });
  text.addEventListener("input", () => change({ text: text.value, look: 0 }));
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...STEPS.map(([shows, label, to, says]) =>
      element("li", {}, shows, " ", button(label, () => change(to, described, says))))),
    element("p", {}, "Then type a beginning of your own. It stays in this page and in its address."),
    element("p", {}, `The model has ${judged.parameters.toLocaleString("en")} weights and needs ${shown(judged.test_bits)} bits per character of the test text. `,
      "What it writes is no measurement, and a single training supports no claim about GRUs."));
  const stage = element("div", { class: "live-stage" },
    element("p", { class: "review-field" }, element("label", { for: text.id }, "The beginning"), text),
    presets, written, copy, status,
    element("div", { class: "live-step" }, sliders.temperature.row, sliders.p.row, sliders.seed.row, sliders.count.row),
    element("div", { class: "live-step" }, sliders.look.row),
    bars, formula, picture.element, guide);
  putStage(figure, stage);

  picture.fit();
  take(described);
  follow(NAME, figure, status, fromAddress);
  onResize(stage, () => {
    picture.fit();
    drawPicture();
  });
}

startTrained(NAME, start);
