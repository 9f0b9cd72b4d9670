// A classifier of reviews: the words of a text as the course counts them, and one GRU that reads
// them. `tokenise` and `typedWords` give what gru_course.data.tokenise gives; a test compares them.

import { gru, logistic, logits } from "./cells.js";

/** @typedef {import("./weights.js").Model} Model */
/** @typedef {import("./cells.js").Outputs} Outputs */

const START = 1;
const RANK_OFFSET = 3;
export const NO_ANSWER = "no answer";

/**
 * Split a text into words as the published index did: ASCII letters made small, ASCII punctuation
 * dropped except the apostrophe.
 * @param {string} text
 */
export function tokenise(text) {
  return text
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\t\n]/g, " ")
    .split(" ")
    .filter(Boolean);
}

const INLINE = "a|abbr|b|big|cite|code|del|em|font|i|ins|mark|q|s|small|span|strike|strong|sub|sup|tt|u";
const BLOCK =
  "blockquote|body|center|dd|div|dl|dt|h1|h2|h3|h4|h5|h6|head|hr|html|img|li|ol|p|pre|section|" +
  "table|tbody|td|th|thead|tr|ul";
// Only names that HTML has, and what follows a name must look like attributes: "<3" is no tag.
const TAG = new RegExp(`</?(?:(br)|(${INLINE})|${BLOCK})(?:\\s[^<>=]*=[^<>]*|\\s*/?)>`, "gi");
const APOSTROPHES = /[’‘‛ʼʻʽ′‵ꞌ՚]/g;

/**
 * The words of what a person typed or pasted: curly apostrophes are made straight, tags of HTML
 * left out, and emoji and other signs no words.
 * @param {string} text
 */
export function typedWords(text) {
  const plain = text
    .replace(TAG, (_, line, inline) => (line ? "<br />" : inline ? "" : "\n"))
    .normalize("NFC")
    .replace(/(^|[^\p{L}\p{N}_])‘([^‘’\n]*)’(?![\p{L}\p{N}_])/gu, '$1"$2"')
    .replace(APOSTROPHES, "'")
    .replace(/(?<=\p{L})[`´](?=\p{L})/gu, "'")
    .replace(/\r\n?/g, "\n")
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, " ")
    .replace(/(?![\x00-\x7f])[\p{Cf}\p{Cc}\u{1f3fb}-\u{1f3ff}\ufe00-\ufe0f\u20e3]/gu, "")
    // What stands for a lost character belongs to its word.
    .replace(/(?![\x00-\x7f\ufffd])[\p{P}\p{S}\p{Z}]/gu, " ");
  return tokenise(plain).filter((word) => !/^[\p{P}\p{S}]+$/u.test(word));
}

/**
 * @typedef {object} Reading what the GRU made of a text
 * @property {string[]} words all words, in their order
 * @property {boolean[]} known which of them the model knows; it leaves the others out
 * @property {(number | null)[]} step at which each is read, counted from 1; null where it is not
 * @property {Outputs[]} outputs of each step; the first is the mark for the start, if it is read
 * @property {Float64Array[]} states before the first step and after each
 * @property {number[]} logits after each step, that before the first one in front
 */

/**
 * @param {Model} model weights and words of studies/review_reader.py
 */
export function reviewReader({ arrays, texts }) {
  const ids = new Map(texts.words.split("\n").map((word, rank) => [word, rank + 1 + RANK_OFFSET]));
  const { temperature, confidence, window } = JSON.parse(texts.about);
  const { vectors } = arrays;
  const { kernel, recurrentKernel, bias } = arrays;
  const cell = gru({ kernel, recurrentKernel, bias });
  const head = { kernel: arrays.outputKernel, bias: arrays.outputBias };
  const start = new Float64Array(cell.units);
  const logit = (/** @type {Float64Array} */ state) => logits(head, state)[0];
  const step = (/** @type {number} */ id, /** @type {Float64Array} */ state) => {
    const x = vectors.data.subarray(id * vectors.columns, (id + 1) * vectors.columns);
    return cell.step(x, [state]);
  };
  // What was read last: who types at the end of a text changes nothing before.
  let read = /** @type {number[]} */ ([]);
  let outputs = /** @type {Outputs[]} */ ([]);
  let states = /** @type {Float64Array[]} */ ([start]);
  let said = [logit(start)];

  return {
    temperature,
    confidence,
    window,
    /** How sure the model is that a text with this logit is positive. @param {number} value */
    probability: (value) => logistic(value / temperature),

    /**
     * @param {string[]} words
     * @returns {Reading}
     */
    read(words) {
      const numbers = words.map((word) => ids.get(word));
      const all = [START, ...numbers.filter((id) => id !== undefined)];
      const kept = all.slice(-window);
      let same = 0;
      while (same < read.length && same < kept.length && read[same] === kept[same]) same += 1;
      outputs = outputs.slice(0, same);
      states = states.slice(0, same + 1);
      said = said.slice(0, same + 1);
      kept.slice(same).forEach((id) => {
        const now = step(id, states[states.length - 1]);
        outputs.push(now.outputs);
        states.push(now.state[0]);
        said.push(logit(now.state[0]));
      });
      read = kept;
      let place = 1 + kept.length - all.length;
      const steps = numbers.map((id) => {
        if (id === undefined) return null;
        place += 1;
        return place > 0 ? place : null;
      });
      const known = numbers.map((id) => id !== undefined);
      return { words, known, step: steps, outputs, states, logits: said };
    },

    /**
     * The logit of what was read last, without one of its steps.
     * @param {number} left the step, counted from 1
     */
    without(left) {
      let state = states[left - 1];
      for (let i = left; i < read.length; i += 1) [state] = step(read[i], state).state;
      return logit(state);
    },
  };
}

/**
 * What the program around the network makes of its answer; the same rules as those of
 * gru_course.reviews.answering.
 * @param {ReturnType<typeof reviewReader>} reader
 * @param {Reading} reading
 */
export function verdict(reader, { words, known, logits: said }) {
  const p = reader.probability(said[said.length - 1]);
  const share = known.filter(Boolean).length / words.length;
  if (!words.length) return { label: NO_ANSWER, p: 0.5, why: "there is no word in it" };
  if (!share) return { label: NO_ANSWER, p: 0.5, why: "the model knows none of its words" };
  if (share < 0.5) return { label: NO_ANSWER, p, why: "the model knows too few of its words" };
  if (Math.max(p, 1 - p) < reader.confidence) {
    return { label: NO_ANSWER, p, why: "the model is not sure" };
  }
  return { label: p > 0.5 ? "positive" : "negative", p, why: "" };
}
