// What three trained networks keep of the first symbol of a sequence: the numbers of the live figure
// "Forgetting race". The weights are those of studies/forgetting_race.py.

import { backpropagate } from "./backward.js";
import { gru, logits, lstm, run, simpleRNN, softmax } from "./cells.js";
import { random } from "./random.js";

/** @typedef {import("./cells.js").Weights} Weights */
/** @typedef {import("./weights.js").Model} Model */

export const KINDS = 8;
export const LONGEST = 100;
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
 * @param {number} shift
 */
export function network({ arrays }, name, shift = 0) {
  const of = (/** @type {string} */ part) => arrays[`${name}.${part}`];
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
 * @property {number[]} left after each step: how far the states lie apart that began with another
 *   symbol, as a share of the distance after the first step
 * @property {number[]} right after each step: the probability that the answer is right
 * @property {number[]} answers after each step: the most likely symbol
 * @property {number} gate mean of all update gates behind the first step; NaN without gates
 * @property {(steps: number) => number[]} gradients of the logit of the right answer after so many
 *   steps, with respect to the state after each of them: their lengths, as a share of the last one
 */

/**
 * Read a sequence, and once more with every other first symbol.
 * @param {Model} model
 * @param {Name} name
 * @param {number[]} sequence
 * @param {number} shift
 * @returns {Memory}
 */
export function memory(model, name, sequence, shift = 0) {
  const { weights, head } = network(model, name, shift);
  const [kind, make] = MAKE[name];
  const cell = make(weights);
  const [first, ...rest] = sequence;
  const read = (/** @type {number} */ symbol) => run(cell, inputs([symbol, ...rest]));
  const trace = read(first);
  const others = Array.from({ length: KINDS }, (_, symbol) => symbol)
    .filter((symbol) => symbol !== first)
    .map((symbol) => read(symbol).states);
  const apart = (/** @type {number} */ t) =>
    others.reduce((sum, states) => sum + distance(trace.states[t], states[t]), 0) / others.length;
  const shares = trace.states.slice(1).map(([h]) => softmax(logits(head, h)));
  const z = trace.steps.slice(1).flatMap((step) => Array.from(step.z ?? []));
  return {
    left: shares.map((_, t) => apart(t + 1) / apart(1)),
    right: shares.map((share) => share[first]),
    answers: shares.map((share) => share.indexOf(Math.max(...share))),
    gate: z.reduce((sum, value) => sum + value, 0) / z.length,
    gradients(steps) {
      const part = { steps: trace.steps.slice(0, steps), states: trace.states.slice(0, steps + 1) };
      const column = Float64Array.from({ length: cell.units }, (_, i) => head.kernel.data[i * KINDS + first]);
      const lengths = backpropagate(kind, weights, part, column).slice(1).map((parts) => length(parts));
      return lengths.map((value) => value / lengths[steps - 1]);
    },
  };
}

/** @param {Float64Array[]} parts */
function length(parts) {
  return Math.hypot(...parts.flatMap((part) => Array.from(part)));
}

/**
 * @param {Float64Array[]} one
 * @param {Float64Array[]} other
 */
function distance(one, other) {
  return length(one.map((part, k) => part.map((value, j) => value - other[k][j])));
}
