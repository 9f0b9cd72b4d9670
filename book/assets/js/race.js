// What three networks keep of the first symbol of a sequence: the numbers of the live figure
// "Forgetting race". The weights are those of studies/forgetting_race.py.

import { backpropagate } from "./backward.js";
import { gru, logits, lstm, run, simpleRNN, softmax } from "./cells.js";
import { random } from "./random.js";

/** @typedef {import("./cells.js").Weights} Weights */
/** @typedef {import("./weights.js").Model} Model */

export const KINDS = 8;
export const LONGEST = 100;
/** How many sequences are read with every first symbol: the one that is shown, and another. */
const OTHERS = 2;
/** @typedef {"gru" | "lstm" | "rnn"} Name */
const MAKE = /** @type {const} */ ({ gru: ["gru", gru], lstm: ["lstm", lstm], rnn: ["simpleRNN", simpleRNN] });
export const NAMES = /** @type {Name[]} */ (Object.keys(MAKE));

/**
 * The symbols of a sequence.
 * @param {number} seed
 */
export function symbols(seed) {
  return random(seed, LONGEST + 1).map((number) => number % KINDS);
}

/**
 * The symbols as the networks were given them: one-hot, and a flag at the first step.
 * @param {number[]} sequence
 */
export function inputs(sequence) {
  return sequence.map((symbol, t) =>
    Array.from({ length: KINDS + 1 }, (_, i) => Number(i === symbol || (i === KINDS && t === 0))));
}

/**
 * One of the networks, with the bias of its update gates shifted if it is a GRU.
 * @param {Model} model
 * @param {Name} name
 * @param {boolean} trained or as Keras makes it
 * @param {number} shift
 */
function network({ arrays }, name, trained, shift) {
  const of = (/** @type {string} */ part) => arrays[`${trained ? "" : "fresh."}${name}.${part}`];
  const bias = of("bias");
  const units = of("recurrentKernel").rows;
  const shifted = bias.data.map((value, i) => value + (name === "gru" && i < units ? shift : 0));
  const weights = {
    kernel: of("kernel"), recurrentKernel: of("recurrentKernel"), bias: { ...bias, data: shifted },
  };
  return { weights, head: { kernel: of("outputKernel"), bias: of("outputBias") } };
}

/**
 * @typedef {object} Memory
 * @property {number[]} left after each step: which share of the variance of the states comes from
 *   the first symbol
 * @property {number[]} right after each step: the mean probability of the right answer
 * @property {number[]} answers to the sequence itself, after each step
 * @property {number[]} gates after each step: the mean of the update gates; NaN without gates
 * @property {(steps: number) => number[]} gradients for the sequence itself, of the logit of the
 *   right answer after so many steps, with respect to the state after each of them: their lengths,
 *   as a share of the last one
 */

/**
 * Read a sequence and another, each with every first symbol.
 * @param {Model} model
 * @param {Name} name
 * @param {number} sequence its number
 * @param {object} [options]
 * @param {boolean} [options.trained]
 * @param {number} [options.shift] of the bias of the update gates
 * @param {number} [options.steps] how many are read
 * @returns {Memory}
 */
export function memory(model, name, sequence, { trained = true, shift = 0, steps = LONGEST + 1 } = {}) {
  const { weights, head } = network(model, name, trained, shift);
  const [kind, make] = MAKE[name];
  const cell = make(weights);
  const groups = Array.from({ length: OTHERS }, (_, i) => {
    const [, ...rest] = symbols(sequence + 1000 * i).slice(0, steps);
    return Array.from({ length: KINDS }, (_, symbol) => run(cell, inputs([symbol, ...rest])));
  });
  const first = symbols(sequence)[0];
  const trace = groups[0][first];
  const share = (/** @type {number} */ t) => {
    let within = 0;
    let total = 0;
    trace.states[t].forEach((part, k) => part.forEach((_, unit) => {
      let [all, squares, means] = [0, 0, 0];
      for (const group of groups) {
        let sum = 0;
        for (const { states } of group) {
          const value = states[t][k][unit];
          sum += value;
          squares += value * value;
        }
        all += sum;
        means += (sum * sum) / KINDS;
      }
      within += squares - means;
      total += squares - (all * all) / (OTHERS * KINDS);
    }));
    return total > 0 ? Math.max(0, within / total) : 0;
  };
  const answers = (/** @type {Float64Array[]} */ state) => softmax(logits(head, state[0]));
  const right = (/** @type {number} */ t) => groups.flatMap((group) =>
    group.map(({ states }, symbol) => answers(states[t])[symbol])).reduce(add) / (OTHERS * KINDS);
  const each = Array.from({ length: steps }, (_, t) => t + 1);
  return {
    left: each.map(share),
    right: each.map(right),
    answers: each.map((t) => {
      const shares = answers(trace.states[t]);
      return shares.indexOf(Math.max(...shares));
    }),
    gates: trace.steps.map(({ z }) => (z ? z.reduce(add, 0) / z.length : NaN)),
    gradients(count) {
      const part = { steps: trace.steps.slice(0, count), states: trace.states.slice(0, count + 1) };
      const column = Float64Array.from({ length: cell.units }, (_, i) => head.kernel.data[i * KINDS + first]);
      const lengths = backpropagate(kind, weights, part, column).slice(1)
        .map((parts) => Math.hypot(...parts.flatMap((values) => Array.from(values))));
      return lengths.map((value) => value / lengths[count - 1]);
    },
  };
}

/**
 * @param {number} sum
 * @param {number} value
 */
function add(sum, value) {
  return sum + value;
}
