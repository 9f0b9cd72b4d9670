// A model of the next character that writes: what gru_course.apps.characters does in Python, with
// the same random numbers for the same seed. A test compares the texts.

import { gru, logits, softmax } from "./cells.js";
import { random } from "./random.js";

/** @typedef {import("./weights.js").Model} Model */
/** @typedef {import("./cells.js").Matrix} Matrix */
/** @typedef {import("./cells.js").Outputs} Outputs */

/** How many characters of the beginning are read. */
export const LONGEST_BEGINNING = 200;
/** How many characters can be written. */
export const LONGEST_TEXT = 300;

/**
 * Probabilities of logits at a temperature.
 * @param {Float64Array} values
 * @param {number} temperature above 0
 */
export function heated(values, temperature) {
  return softmax(values.map((value) => value / temperature));
}

/**
 * Keep the likeliest choices that together reach p; the others get 0.
 * @param {Float64Array} shares
 * @param {number} p above 0, at most 1
 */
export function topP(shares, p) {
  const order = Array.from(shares, (_, i) => i).sort((a, b) => shares[b] - shares[a] || a - b);
  const kept = new Float64Array(shares.length);
  let reached = 0;
  let total = 0;
  for (const i of order) {
    // As NumPy counts: the sum up to here, less the choice itself.
    reached += shares[i];
    if (reached - shares[i] >= p) break;
    kept[i] = shares[i];
    total += shares[i];
  }
  return kept.map((share) => share / total);
}

/**
 * The choice on which a random number falls.
 * @param {Float64Array} shares
 * @param {number} number from 0 up to, but without, 1
 * @returns {{choice: number, from: number, to: number}} with the stretch of numbers that fall on it
 */
export function fallsOn(shares, number) {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let reached = 0;
  let choice = 0;
  let from = 0;
  for (let i = 0; i < shares.length; i += 1) {
    if (shares[i] === 0) continue;
    choice = i;
    from = reached / total;
    reached += shares[i];
    if (number < reached / total) break;
  }
  return { choice, from, to: reached / total };
}

/** What people type for a sign of the plays, and for others that a plain keyboard has. */
const TYPED = new Map([
  ..."’‘‛ʼʻʽ′‵ꞌ՚".split("").map((sign) => /** @type {[string, string]} */ ([sign, "'"])),
  ..."‐‑⁃−‒–—―⸺⸻".split("").map((sign) => /** @type {[string, string]} */ ([sign, "-"])),
  ["…", "..."], ["\r", "\n"], ["\u2028", "\n"], ["\u2029", "\n"],
]);

/**
 * A sign as a plain keyboard has it.
 * @param {string} sign
 */
function plain(sign) {
  const known = TYPED.get(sign);
  if (known !== undefined) return known;
  if (/[\p{Zs}\x00-\x08\x0b-\x1f\x7f]/u.test(sign)) return " ";
  if (/[\p{Cf}\p{Cc}\ufe00-\ufe0f\u20e3]/u.test(sign) && sign > "\x7f") return "";
  return /[\uff01-\uff5e\ufb00-\ufb06]/.test(sign) ? sign.normalize("NFKC") : sign;
}

/**
 * @param {Matrix} left
 * @param {Matrix} right
 * @returns {Matrix} their product
 */
function times(left, right) {
  const data = new Float64Array(left.rows * right.columns);
  for (let i = 0; i < left.rows; i += 1) {
    for (let k = 0; k < left.columns; k += 1) {
      const value = left.data[i * left.columns + k];
      for (let j = 0; j < right.columns; j += 1) {
        data[i * right.columns + j] += value * right.data[k * right.columns + j];
      }
    }
  }
  return { rows: left.rows, columns: right.columns, data };
}

/**
 * @typedef {object} Options
 * @property {number} temperature
 * @property {number} p
 * @property {number} seed
 * @property {number} count how many characters to write
 */

/**
 * @typedef {object} Step how a character came about
 * @property {number} id
 * @property {Float64Array} logits
 * @property {Float64Array} said what the model says by itself
 * @property {Float64Array} drawn what was drawn from
 * @property {number} number the random number
 * @property {number} from the least number that would have given the same character
 * @property {number} to the least one above it that would not
 * @property {number} surprise of the model, in bits
 * @property {number} gate mean of the update gates while the character is read
 * @property {number} moved mean change of the state then
 */

/** @param {Float64Array} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {Model} model weights and characters of studies/character_writer.py
 */
export function characterWriter({ arrays, texts }) {
  const { vectors, kernel, recurrentKernel, bias, outputKernel, outputBias } = arrays;
  /** The characters by their ids; the first id stands for any that training did not have. */
  const characters = ["\ufffd", ...texts.characters];
  const ids = new Map(characters.map((character, id) => [character, id]));
  ids.delete("\ufffd");
  if (vectors.rows !== characters.length || outputKernel.columns !== characters.length) {
    throw new RangeError(`the weights are not for the ${texts.characters.length} characters they came with`);
  }
  // A character is a row of a one-hot matrix: its vector times the kernel is looked up, not computed
  // at every step.
  const cell = gru({ kernel: times(vectors, kernel), recurrentKernel, bias });
  const rows = characters.map((_, id) => Float64Array.from(characters, (__, i) => Number(i === id)));
  const head = { kernel: outputKernel, bias: outputBias };

  // What was read last. Nothing that stays the same is computed again.
  const read = /** @type {number[]} */ ([]);
  const outputs = /** @type {Outputs[]} */ ([]);
  const states = /** @type {Float64Array[]} */ ([new Float64Array(cell.units)]);
  const answers = /** @type {(Float64Array | undefined)[]} */ ([]);

  /**
   * Read the character at a place.
   * @param {number} place
   * @param {number} id
   */
  function take(place, id) {
    if (place < read.length && read[place] === id) return;
    const now = cell.step(rows[id], [states[place]]);
    read.splice(place, Infinity, id);
    outputs.splice(place, Infinity, now.outputs);
    states.splice(place + 1, Infinity, now.state[0]);
    answers.splice(place + 1);
  }

  /**
   * The logits of the character at a place, from those before it.
   * @param {number} place
   */
  function answer(place) {
    return (answers[place] ??= logits(head, states[place]));
  }

  return {
    characters,
    units: cell.units,

    /**
     * The ids of a text as a person types it, without the characters that the model does not know.
     * @param {string} text
     * @returns {{ids: number[], left: string[]}}
     */
    encode(text) {
      const signs = [...text];
      const usual = signs.every((sign) => ids.has(sign))
        ? signs
        : [...text.normalize("NFC").replace(/\r\n/g, "\n")].flatMap((sign) => (ids.has(sign) ? [sign] : [...plain(sign)]));
      const found = usual.map((sign) => ids.get(sign));
      return {
        ids: found.filter((id) => id !== undefined),
        left: [...new Set(usual.filter((_, i) => found[i] === undefined))],
      };
    },

    /**
     * Begin to write; `on` goes on with it.
     * @param {number[]} beginning
     * @param {Options} options
     */
    write(beginning, { temperature, p, seed, count }) {
      const numbers = random(seed, count).map((number) => number / 2 ** 32);
      /** @type {Step[]} */
      const steps = [];
      let place = 0;
      return {
        /** How each character that is written came about. */
        steps,
        /**
         * Write until all is written or the time is over.
         * @param {number} [end] as `performance.now()` counts
         * @returns {boolean} whether all is written
         */
        on(end = Infinity) {
          while (beginning.length && place < beginning.length + count) {
            if (performance.now() >= end) return false;
            if (place < beginning.length) take(place, beginning[place]);
            else {
              const said = softmax(answer(place));
              const drawn = topP(heated(answer(place), temperature), p);
              const number = numbers[steps.length];
              const { choice, from, to } = fallsOn(drawn, number);
              take(place, choice);
              const { z, h } = outputs[place];
              const before = states[place];
              steps.push({
                id: choice, logits: answer(place), said, drawn, number, from, to,
                surprise: -Math.log2(said[choice]),
                gate: mean(z),
                moved: mean(h.map((value, unit) => Math.abs(value - before[unit]))),
              });
            }
            place += 1;
          }
          return true;
        },
      };
    },
  };
}
