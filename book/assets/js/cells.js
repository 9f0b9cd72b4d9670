// Recurrent cells in 64-bit floats, the same equations and the same layout of weights as
// gru_course.cells and Keras. Everything that a step computes comes out, and any of it can be held
// at a value. A test compares each output with the NumPy cells.

/**
 * Rows laid one after the other.
 * @typedef {{rows: number, columns: number, data: Float64Array}} Matrix
 */

/**
 * One layer as Keras lays it out: the blocks (GRU: z, r, h; LSTM: i, f, c, o) stand side by side.
 * The bias has one row; that of a GRU with the reset gate after the product has two.
 * @typedef {{kernel: Matrix, recurrentKernel: Matrix, bias: Matrix}} Weights
 */

/**
 * What a quantity is held at: a number for all units, or one entry for each unit, null where free.
 * @typedef {number | ArrayLike<number | null>} Held
 */

/** @typedef {Record<string, Float64Array>} Outputs */

/**
 * @typedef {object} Cell
 * @property {number} features
 * @property {number} units
 * @property {string[]} names what a step gives, in the order in which it is computed
 * @property {number} parts how many vectors are carried on; the hidden state comes first
 * @property {(x: ArrayLike<number>, state: Float64Array[], held?: Record<string, Held>) =>
 *   {outputs: Outputs, state: Float64Array[]}} step
 */

/**
 * Make a matrix from its rows.
 * @param {ArrayLike<number>[]} rows
 * @param {string} name what an error calls it
 * @returns {Matrix}
 */
export function matrix(rows, name = "matrix") {
  const columns = rows.length ? rows[0].length : 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(`${name}: row ${i} has ${row.length} numbers; expected ${columns}`);
    }
    data.set(row, i * columns);
  });
  return checkFinite({ rows: rows.length, columns, data }, name);
}

/**
 * @param {Matrix} values
 * @param {string} name
 */
function checkFinite(values, name) {
  if (!values.data.every(Number.isFinite)) {
    throw new RangeError(`${name} holds a number that is not finite. Did the training diverge?`);
  }
  return values;
}

/**
 * The logistic function, written as in NumPy, so that no large number overflows.
 * @param {number} a
 */
export function logistic(a) {
  return 0.5 * (1 + Math.tanh(0.5 * a));
}

/**
 * Row times matrix, plus a row of the bias.
 * @param {ArrayLike<number>} row
 * @param {Matrix} weights
 * @param {ArrayLike<number>} [bias]
 */
function affine(row, weights, bias) {
  const sum = new Float64Array(weights.columns);
  for (let i = 0; i < weights.rows; i += 1) {
    const value = row[i];
    if (value === 0) continue; // most of a one-hot row
    const start = i * weights.columns;
    for (let j = 0; j < weights.columns; j += 1) sum[j] += value * weights.data[start + j];
  }
  if (bias) for (let j = 0; j < sum.length; j += 1) sum[j] += bias[j];
  return sum;
}

/**
 * One row of a matrix.
 * @param {Matrix} weights
 * @param {number} row
 */
function rowOf(weights, row) {
  return weights.data.subarray(row * weights.columns, (row + 1) * weights.columns);
}

/**
 * Put the values at which a quantity is held in the place of the computed ones.
 * @param {Float64Array} values
 * @param {string} name
 * @param {Record<string, Held>} [held]
 */
function hold(values, name, held) {
  const at = held?.[name];
  if (at === undefined) return values;
  if (typeof at !== "number" && at.length !== values.length) {
    throw new RangeError(`${name} is held at ${at.length} values; expected ${values.length}`);
  }
  return values.map((value, unit) => {
    const wanted = typeof at === "number" ? at : at[unit];
    if (wanted !== null && !Number.isFinite(wanted)) {
      throw new RangeError(`${name} is held at ${wanted}; expected a finite number`);
    }
    return wanted ?? value;
  });
}

/**
 * @param {Record<string, Held> | undefined} held
 * @param {string[]} names
 */
function checkHeld(held, names) {
  const unknown = Object.keys(held ?? {}).filter((name) => !names.includes(name));
  if (unknown.length) {
    throw new RangeError(`cannot hold ${unknown.join(", ")}; expected ${names.join(", ")}`);
  }
}

/**
 * @param {Weights} weights
 * @param {number} blocks
 * @param {number[]} biasRows
 */
function sizes({ kernel, recurrentKernel, bias }, blocks, biasRows) {
  const units = recurrentKernel.rows;
  const said = (/** @type {Matrix} */ m) => `(${m.rows}, ${m.columns})`;
  for (const [name, values] of Object.entries({ kernel, recurrentKernel, bias })) {
    checkFinite(values, name);
    if (values.columns !== blocks * units || !units) {
      throw new RangeError(
        `${name} has shape ${said(values)}; expected ${blocks} blocks of the ${units} units`,
      );
    }
  }
  if (!biasRows.includes(bias.rows)) {
    throw new RangeError(`bias has shape ${said(bias)}; expected ${biasRows.join(" or ")} rows`);
  }
  return { units, features: kernel.rows };
}

/**
 * A GRU. Two rows of biases mean that the reset gate acts after the recurrent product
 * (`reset_after=True` in Keras), one row that it acts before it.
 * @param {Weights} weights
 * @param {"keeps" | "writes"} one what an update gate of 1 does; this book and Keras: it keeps
 * @returns {Cell}
 */
export function gru(weights, one = "keeps") {
  const { units, features } = sizes(weights, 3, [1, 2]);
  const { kernel, recurrentKernel, bias } = weights;
  const after = bias.rows === 2;
  const nothing = new Float64Array(3 * units);
  const inputBias = rowOf(bias, 0);
  const recurrentBias = after ? rowOf(bias, 1) : nothing;
  const names = ["z", "r", "candidate", "h"];
  return {
    features,
    units,
    names,
    parts: 1,
    step(x, [h], held) {
      checkHeld(held, names);
      const fromInput = affine(x, kernel, inputBias);
      const fromState = affine(h, recurrentKernel, recurrentBias);
      const gate = (/** @type {number} */ block) =>
        h.map((_, j) => logistic(fromInput[block * units + j] + fromState[block * units + j]));
      const z = hold(gate(0), "z", held);
      const r = hold(gate(1), "r", held);
      // Before the product, the gated state goes through the third block once more.
      const recurrent = after
        ? r.map((gated, j) => gated * fromState[2 * units + j])
        : affine(h.map((value, j) => r[j] * value), recurrentKernel).subarray(2 * units);
      const free = h.map((_, j) => Math.tanh(fromInput[2 * units + j] + recurrent[j]));
      const candidate = hold(free, "candidate", held);
      const blend = h.map((old, j) => {
        const keep = one === "keeps" ? z[j] : 1 - z[j];
        return keep * old + (1 - keep) * candidate[j];
      });
      const next = hold(blend, "h", held);
      return { outputs: { z, r, candidate, h: next }, state: [next] };
    },
  };
}

/**
 * An LSTM, blocks input, forget, candidate, output.
 * @param {Weights} weights
 * @returns {Cell}
 */
export function lstm(weights) {
  const { units, features } = sizes(weights, 4, [1]);
  const { kernel, recurrentKernel, bias } = weights;
  const names = ["i", "f", "candidate", "o", "c", "h"];
  return {
    features,
    units,
    names,
    parts: 2,
    step(x, [h, c], held) {
      checkHeld(held, names);
      const fromInput = affine(x, kernel, rowOf(bias, 0));
      const fromState = affine(h, recurrentKernel);
      const block = (/** @type {number} */ k, /** @type {(a: number) => number} */ squash) =>
        h.map((_, j) => squash(fromInput[k * units + j] + fromState[k * units + j]));
      const i = hold(block(0, logistic), "i", held);
      const f = hold(block(1, logistic), "f", held);
      const candidate = hold(block(2, Math.tanh), "candidate", held);
      const o = hold(block(3, logistic), "o", held);
      const cell = hold(c.map((old, j) => f[j] * old + i[j] * candidate[j]), "c", held);
      const next = hold(cell.map((value, j) => o[j] * Math.tanh(value)), "h", held);
      return { outputs: { i, f, candidate, o, c: cell, h: next }, state: [next, cell] };
    },
  };
}

/**
 * A simple RNN.
 * @param {Weights} weights
 * @returns {Cell}
 */
export function simpleRNN(weights) {
  const { units, features } = sizes(weights, 1, [1]);
  const { kernel, recurrentKernel, bias } = weights;
  return {
    features,
    units,
    names: ["h"],
    parts: 1,
    step(x, [h], held) {
      checkHeld(held, ["h"]);
      const fromInput = affine(x, kernel, rowOf(bias, 0));
      const fromState = affine(h, recurrentKernel);
      const next = hold(h.map((_, j) => Math.tanh(fromInput[j] + fromState[j])), "h", held);
      return { outputs: { h: next }, state: [next] };
    },
  };
}

/**
 * Run a cell over one sequence.
 * @param {Cell} cell
 * @param {ArrayLike<number>[]} sequence one row of features for each timestep
 * @param {object} [options]
 * @param {ArrayLike<number>[]} [options.state] what is carried into the first step; zeros if absent
 * @param {ArrayLike<boolean>} [options.mask] false where the state is carried on unchanged
 * @param {Record<string, Held> | ((t: number) => Record<string, Held>)} [options.held] for all
 *   steps, or a function of the step, counted from 0
 * @returns {{steps: Outputs[], states: Float64Array[][]}} what each step computed, and the state
 *   before the first step and after each
 */
export function run(cell, sequence, { state, mask, held } = {}) {
  const start = state ?? Array.from({ length: cell.parts }, () => new Float64Array(cell.units));
  if (start.length !== cell.parts || start.some((part) => part.length !== cell.units)) {
    throw new RangeError(`the state needs ${cell.parts} parts of ${cell.units} numbers`);
  }
  if (mask && mask.length !== sequence.length) {
    throw new RangeError(`the mask has ${mask.length} steps; expected ${sequence.length}`);
  }
  /** @type {Float64Array[][]} */
  const states = [start.map((part) => Float64Array.from(part))];
  /** @type {Outputs[]} */
  const steps = [];
  sequence.forEach((x, t) => {
    if (x.length !== cell.features || !Array.from(x).every(Number.isFinite)) {
      throw new RangeError(`step ${t + 1} needs ${cell.features} finite numbers`);
    }
    const now = cell.step(x, states[t], typeof held === "function" ? held(t) : held);
    steps.push(now.outputs);
    states.push(mask && !mask[t] ? states[t] : now.state);
  });
  return { steps, states };
}

/**
 * Logits: what a dense layer makes of a state.
 * @param {{kernel: Matrix, bias: Matrix}} layer kernel (units, classes), bias one row
 * @param {ArrayLike<number>} state
 * @param {Record<string, Held>} [held] `{logits: ...}`
 */
export function logits({ kernel, bias }, state, held) {
  if (kernel.rows !== state.length || bias.rows !== 1 || bias.columns !== kernel.columns) {
    throw new RangeError(`the dense layer does not fit a state of ${state.length} numbers`);
  }
  checkHeld(held, ["logits"]);
  return hold(affine(state, kernel, rowOf(bias, 0)), "logits", held);
}

/**
 * Probabilities from logits, shifted so that nothing overflows.
 * @param {Float64Array} values
 */
export function softmax(values) {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
