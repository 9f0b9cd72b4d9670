// Backpropagation through time: the gradient of a loss with respect to every state on the way.
// A test compares it with gru_course.cells.backpropagate.

/** @typedef {import("./cells.js").Matrix} Matrix */
/** @typedef {import("./cells.js").Weights} Weights */
/** @typedef {import("./cells.js").Outputs} Outputs */

/**
 * A row of gradients times the transpose of some columns of a matrix.
 * @param {ArrayLike<number>} row
 * @param {Matrix} weights
 * @param {number} from the first column
 */
function back(row, weights, from) {
  return Float64Array.from({ length: weights.rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < row.length; j += 1) sum += row[j] * weights.data[i * weights.columns + from + j];
    return sum;
  });
}

/** @param {Float64Array[]} parts */
function plus(...parts) {
  return parts[0].map((_, j) => parts.reduce((sum, part) => sum + part[j], 0));
}

/**
 * The gradient one step back, for each kind of cell: from that of the state after the step to that
 * of the state before it.
 * @type {Record<string, (weights: Weights, before: Float64Array[], step: Outputs,
 *   after: Float64Array[]) => Float64Array[]>}
 */
const STEPS = {
  simpleRNN({ recurrentKernel }, _, { h }, [dh]) {
    return [back(dh.map((d, j) => d * (1 - h[j] ** 2)), recurrentKernel, 0)];
  },
  lstm({ recurrentKernel }, [, old], { i, f, candidate, o, c }, [dh, dc]) {
    const units = c.length;
    const total = dc.map((d, j) => d + dh[j] * o[j] * (1 - Math.tanh(c[j]) ** 2));
    const before = [
      total.map((d, j) => d * candidate[j] * i[j] * (1 - i[j])),
      total.map((d, j) => d * old[j] * f[j] * (1 - f[j])),
      total.map((d, j) => d * i[j] * (1 - candidate[j] ** 2)),
      dh.map((d, j) => d * Math.tanh(c[j]) * o[j] * (1 - o[j])),
    ];
    const parts = before.map((row, block) => back(row, recurrentKernel, block * units));
    return [plus(...parts), total.map((d, j) => d * f[j])];
  },
  gru({ recurrentKernel, bias }, [h], { z, r, candidate }, [dh]) {
    const units = h.length;
    const inside = dh.map((d, j) => d * (1 - z[j]) * (1 - candidate[j] ** 2));
    const dz = dh.map((d, j) => d * (h[j] - candidate[j]) * z[j] * (1 - z[j]));
    const direct = dh.map((d, j) => d * z[j]);
    const slope = (/** @type {number} */ j) => r[j] * (1 - r[j]);
    if (bias.rows === 2) {
      // What the reset gate multiplies: the third block of the product, with its bias.
      const product = Float64Array.from({ length: units }, (_, j) => {
        let sum = bias.data[bias.columns + 2 * units + j];
        for (let k = 0; k < units; k += 1) sum += h[k] * recurrentKernel.data[k * 3 * units + 2 * units + j];
        return sum;
      });
      const dr = inside.map((d, j) => d * product[j] * slope(j));
      return [plus(direct, back(dz, recurrentKernel, 0), back(dr, recurrentKernel, units),
        back(inside.map((d, j) => d * r[j]), recurrentKernel, 2 * units))];
    }
    const gated = back(inside, recurrentKernel, 2 * units);
    const dr = gated.map((d, j) => d * h[j] * slope(j));
    return [plus(direct, back(dz, recurrentKernel, 0), back(dr, recurrentKernel, units),
      gated.map((d, j) => d * r[j]))];
  },
};

/**
 * The gradient with respect to the state after each step, of a loss that looks at the last hidden
 * state only. The GRU's update gate keeps at 1.
 * @param {"gru" | "lstm" | "simpleRNN"} kind
 * @param {Weights} weights
 * @param {{steps: Outputs[], states: Float64Array[][]}} trace from `run`, without a mask
 * @param {ArrayLike<number>} last gradient of the loss with respect to the last hidden state
 * @returns {Float64Array[][]} for the state before the first step and after each, its parts
 */
export function backpropagate(kind, weights, { steps, states }, last) {
  const nothing = states[0].map((part) => new Float64Array(part.length));
  /** @type {Float64Array[][]} */
  const gradients = [[Float64Array.from(last), ...nothing.slice(1)]];
  for (let t = steps.length - 1; t >= 0; t -= 1) {
    gradients.push(STEPS[kind](weights, states[t], steps[t], gradients[gradients.length - 1]));
  }
  return gradients.reverse();
}
