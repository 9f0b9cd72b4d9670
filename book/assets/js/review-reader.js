// The live figure "A GRU reads your review": the answer after each word, and which words count.

import { chart } from "./chart.js";
import { slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, element, follow, onResize, putStage, quoted, shown, symbol,
} from "./live.js";
import { NO_ANSWER, reviewReader, typedWords, verdict } from "./reviews.js";
import { startTrained } from "./weights.js";

const NAME = "review-reader";
const SHOWN = 400;
const STORED = 300;
const AT_REST = "The beginning is slow and the jokes are old, but the last hour is superb and very moving.";
/** When nobody has typed for so long, each word is left out in turn. */
const PAUSE = 150;
/** For so long at a time, so that a key that is pressed meanwhile is answered at once. */
const SLICE = 8;

/** @type {[string, string, string, string][]} what it shows, button, text, what is said */
const STEPS = [
  ["A person reads praise. The model nearly adds up its words, and two of them are bad.",
    "Not boring, not bad", "This film is not boring and not bad.",
    "A person reads praise; “not” does not turn the words behind it round."],
  ["A person hears the irony. The model has learned from words, and falls for them.",
    "Irony", "Great. Just great. Another wonderful way to lose two hours.",
    "A person hears the complaint; the model reads praise."],
  ["A network never says by itself that it does not know. The program around it counts the words that the model knows.",
    "German", "Das ist ein Meisterwerk, ganz große Kunst!",
    "The sentence praises the film, in a language that the model has not learned."],
];

/**
 * @typedef {object} State
 * @property {string} text
 * @property {number} word that is looked at, among those that are read; 0 for the last
 */

/** @param {string} word */
function brief(word) {
  const letters = Array.from(word);
  return letters.length > 24 ? `${letters.slice(0, 24).join("")}…` : word;
}

/** @param {number} share */
function percent(share) {
  return `${shown(100 * share, 1)}%`;
}

/**
 * A number with its sign.
 * @param {number} value
 */
function signed(value) {
  return value > 0 ? `+${shown(value)}` : shown(value);
}

/**
 * @param {HTMLElement} figure
 * @param {import("./weights.js").Model} model
 */
function start(figure, model) {
  const reader = reviewReader(model);
  const judged = JSON.parse(model.provenance.found).judged;
  /** @type {State} */
  let state = { text: AT_REST, word: 0 };
  let reading = reader.read([]);
  /** @type {string[]} the words that are read */
  let read = [];
  /** @type {number[]} by how much each of them raises the logit, once that is known */
  let effects = [];
  let waiting = 0;
  /** What is said once the words are left out: about the text, or about the word that is looked at. */
  let sentence = described;

  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const answer = element("p", { class: "review-answer" });
  const words = element("p", { class: "review-words", role: "group", "aria-label": "The words of the review" });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The numbers of this word" });
  const text = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { id: `${NAME}-text`, rows: 3, dir: "auto", spellcheck: "false", autocomplete: "off" })
  );
  const picture = chart("The score and what the update gates do, word by word", {
    score: { label: "score", kind: "live-h", height: 110, low: 0, high: 1, ticks: [0, 0.5, 1], names: ["0", "½", "1"] },
    z: { label: "mean z", kind: "live-z", height: 40, low: 0, high: 1, ticks: [0, 1] },
    change: { label: "change", kind: "live-candidate", height: 40, low: 0, high: 0.4, ticks: [0, 0.4], names: ["0", "0.4"] },
  }, (word) => look(word));
  const word = slider("word", "Word", "", 1, 1, 1, (value) => look(value));
  const again = element("button", { type: "button", class: "live-reset" }, "Start again");

  /** The step at which the chosen word is read. */
  const place = () => reading.outputs.length - read.length + chosen();
  const chosen = () => Math.min(state.word || read.length, read.length);

  /** @param {number} value */
  function look(value) {
    state.word = value === read.length ? 0 : value;
    sentence = looked;
    drawPicture();
    say(looked);
    remember(toAddress());
  }

  function looked() {
    if (!read.length) return "There is no word to look at.";
    const said = reading.logits;
    const [before, after] = [said[place() - 1], said[place()]].map((value) => shown(reader.probability(value)));
    const effect = effects[chosen() - 1];
    const without = effect === undefined ? "" : ` Without it the logit at the end would be ${shown(Math.abs(effect))} ${effect < 0 ? "higher" : "lower"}.`;
    return `Word ${chosen()}, ${quoted(read[chosen() - 1])}: the score goes from ${before} to ${after}.${without}`;
  }

  function described() {
    const { label, p, why } = verdict(reader, reading);
    const { known } = reading;
    const strange = [...new Set(reading.words.filter((_, i) => !known[i]))];
    const cut = known.filter(Boolean).length - read.length;
    const strongest = effects
      .map((effect, i) => ({ effect, i }))
      .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
      .slice(0, 3)
      .map(({ effect, i }) => `${quoted(read[i])} (${signed(effect)})`);
    return [
      label === NO_ANSWER ? `No answer: ${why}.` : `The answer is ${label}, with a score of ${shown(p)}.`,
      cut > 0 ? `Only the last ${read.length} words that it knows are read.` : "",
      strange.length ? `It does not know ${strange.slice(0, 5).map(quoted).join(", ")}${strange.length > 5 ? ` and ${strange.length - 5} more` : ""}.` : "",
      strongest.length ? `By leaving out, these words count most: ${strongest.join(", ")}.` : "",
    ].filter(Boolean).join(" ");
  }

  /**
   * Read a text, and answer at once; which words count follows when nobody types.
   * @param {string} now
   */
  function take(now, says = "") {
    state = { text: now, word: 0 };
    sentence = described;
    reading = reader.read(typedWords(now));
    read = reading.words.filter((_, i) => reading.step[i] !== null);
    effects = [];
    draw();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => leaveOut([], says), PAUSE);
  }

  /**
   * Leave out one word after the other, a slice of time at a time.
   * @param {number[]} found
   * @param {string | null} says in front of what follows from it; null for nothing at all
   */
  function leaveOut(found, says) {
    const end = performance.now() + SLICE;
    const before = reading.outputs.length - read.length;
    const last = reading.logits[reading.logits.length - 1];
    while (found.length < read.length && performance.now() < end) {
      found.push(last - reader.without(before + found.length + 1));
    }
    if (found.length < read.length) {
      waiting = window.setTimeout(() => leaveOut(found, says));
      return;
    }
    effects = found;
    draw();
    if (says === null) return;
    say(() => (sentence === looked ? looked() : `${says} ${described()}`.trim()));
    remember(toAddress());
  }

  function draw() {
    if (text.value !== state.text) text.value = state.text;
    const { label, p, why } = verdict(reader, reading);
    answer.replaceChildren(element("b", {}, label), why ? ` – ${why}` : "", ` (score ${shown(p)})`);
    drawWords();
    drawPicture();
  }

  function drawWords() {
    const largest = Math.max(0.5, ...effects.map(Math.abs));
    const skipped = Math.max(0, reading.words.length - SHOWN);
    let number = reading.step.slice(0, skipped).filter((step) => step !== null).length;
    words.replaceChildren(
      ...(skipped ? [`… ${skipped} words before, `] : []),
      ...reading.words.slice(skipped).flatMap((said, i) => {
        const one = element("bdi", {}, brief(said));
        if (reading.step[skipped + i] === null) return [element("s", {}, one), " "];
        const effect = effects[number];
        number += 1;
        const mine = number;
        const mark = effect === undefined ? "" : effect < 0 ? "review-against" : "review-for";
        const thick = effect === undefined ? 0 : Math.round((8 * Math.abs(effect)) / largest);
        const shownWord = element("span", { class: mark, style: `border-bottom-width: ${thick}px` }, one);
        shownWord.addEventListener("click", () => look(mine));
        return [shownWord, " "];
      }),
      ...(reading.words.length ? [] : ["(no word yet)"]),
    );
  }

  function drawPicture() {
    const { outputs, states, logits } = reading;
    const offset = outputs.length - read.length;
    const mean = (/** @type {ArrayLike<number>} */ values) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    const change = (/** @type {number} */ step) =>
      mean(states[step].map((value, unit) => Math.abs(value - states[step - 1][unit])));
    const scores = read.map((_, i) => reader.probability(logits[offset + i + 1]));
    const gates = read.map((_, i) => mean(outputs[offset + i].z));
    const changes = read.map((_, i) => change(offset + i + 1));
    picture.draw({
      columns: read.length,
      step: chosen(),
      bands: [{ row: "score", from: 1 - reader.confidence, to: reader.confidence }],
      series: [
        { row: "score", form: "line", kind: "live-h", values: scores },
        { row: "z", form: "bars", kind: "live-z", values: gates },
        { row: "change", form: "bars", kind: "live-candidate", values: changes },
      ],
      says: `The scores after the words: ${scores.slice(-SHOWN).map((score) => shown(score)).join(", ")}.`,
    });
    word.input.max = String(Math.max(1, read.length));
    word.show(Math.max(1, chosen()), 0);
    formula.replaceChildren(...(read.length ? numbers(gates, changes) : []));
  }

  /**
   * The numbers of the chosen word.
   * @param {number[]} gates
   * @param {number[]} changes
   */
  function numbers(gates, changes) {
    const at = chosen();
    const logit = reading.logits[place()];
    const effect = effects[at - 1];
    const line = (/** @type {string} */ kind, /** @type {(Node | string)[]} */ ...parts) =>
      element("p", { class: kind }, ...parts);
    const value = (/** @type {number} */ number) => element("b", {}, shown(number, 3));
    return [
      line("live-h", "logit after ", element("q", {}, element("bdi", {}, brief(read[at - 1]))), ": ",
        symbol("h", at), " ", symbol("w"), " + ", symbol("b"), " = ", value(logit)),
      line("live-h", "score: σ(", shown(logit, 3), " / ", shown(reader.temperature), ") = ",
        value(reader.probability(logit))),
      line("live-z", "mean of the update gates ", symbol("z", at), " = ", value(gates[at - 1]),
        ": so much of the state is kept"),
      line("live-candidate", "mean change of the state, |", symbol("h", at), " − ", symbol("h", at - 1),
        "| = ", value(changes[at - 1])),
      line("live-h", "left out, at the end: ", effect === undefined ? "…" : element("b", {}, signed(effect)),
        " is what this word adds to the logit"),
    ];
  }

  function toAddress() {
    /** @type {Record<string, string>} */
    const said = {};
    if (state.text !== AT_REST) {
      said.text = encodeURIComponent(Array.from(state.text).slice(0, STORED).join("").replace(/\p{Cs}/gu, ""));
    }
    if (state.word) said.word = String(state.word);
    return said;
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    /** @type {string[]} */
    const problems = [];
    take(said.get("text") ?? AT_REST);
    for (const [key, value] of said) {
      try {
        if (key === "word") state.word = Math.round(bounded(value, key, 1, Math.max(1, read.length)));
        else if (key !== "text") throw new RangeError(`${quoted(`${key}=${value}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    window.clearTimeout(waiting);
    leaveOut([], null);
    drawPicture();
    return { problems, sentence: described() };
  }

  text.addEventListener("input", () => take(text.value));
  again.addEventListener("click", () => take(AT_REST));
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...STEPS.map(([shows, label, said, says]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => take(said, says));
      return element("li", {}, shows, " ", button);
    })),
    element("p", {}, "Then write a review of your own. What you type stays in this page and in its address."),
    element("p", {}, `Of the test reviews the model gets ${percent(judged.test_accuracy)} right. The program answers `,
      `${percent(judged.answered)} of them, and ${percent(judged.right_of_answered)} of these answers are right. `,
      "Those reviews are much longer than a sentence: for your own text the shares may be others."));
  const key = element("p", { class: "review-key" },
    element("span", { class: "review-for", style: "border-bottom-width: 4px" }, "solid line"), ": speaks for a positive answer; ",
    element("span", { class: "review-against", style: "border-bottom-width: 4px" }, "dashed line"), ": for a negative one; ",
    element("s", {}, "struck out"), ": not read. In the grey band of the score the program gives no answer.");
  const stage = element("div", { class: "live-stage" },
    element("p", { class: "review-field" }, element("label", { for: text.id }, "Your review"), text),
    element("div", { class: "review-head" }, answer, again),
    words, key, picture.element, status,
    element("div", { class: "live-step" }, word.row), formula, guide);
  putStage(figure, stage);

  picture.fit();
  take(AT_REST);
  status.textContent = described();
  follow(NAME, figure, status, fromAddress);
  onResize(stage, () => {
    picture.fit();
    drawPicture();
  });
}

startTrained(NAME, start);
