// Windows over a series of 24 values, and three ways to split them into training and test.

import { random } from "./random.js";

export const LENGTH = 24;
const TEST = 1 / 3;
export const SPLITS = /** @type {const} */ (["time", "order", "shuffled"]);
/** @typedef {typeof SPLITS[number]} Split */

/**
 * @typedef {object} Cut
 * @property {{origin: number, test: boolean, seenBy: number}[]} windows `origin` is the first value
 *   that is asked for, counted from 0; `seenBy` how many windows of the training hold some of these
 * @property {boolean[]} trained of each value, whether a window of the training holds it
 * @property {number} asked how many values the test asks for, each counted once
 * @property {number} seen how many of these a window of the training holds
 */

/**
 * @param {number} history
 * @param {number} horizon
 * @param {Split} split
 * @returns {Cut}
 */
export function leak(history, horizon, split) {
  const border = LENGTH - Math.round(TEST * LENGTH);
  const origins = Array.from({ length: LENGTH - history - horizon + 1 }, (_, i) => history + i);
  const tests = Math.round(TEST * origins.length);
  const mixed = shuffled(origins);
  const isTest = {
    time: (/** @type {number} */ origin) => origin >= border,
    order: (/** @type {number} */ origin) => origins.indexOf(origin) >= origins.length - tests,
    shuffled: (/** @type {number} */ origin) => mixed.indexOf(origin) < tests,
  }[split];
  const kept = origins
    // Cut first, and a window that would ask for values on both sides does not exist.
    .filter((origin) => split !== "time" || origin >= border || origin + horizon <= border)
    .map((origin) => ({ origin, test: isTest(origin) }));
  const training = kept.filter(({ test }) => !test);
  const holds = (/** @type {number} */ origin, /** @type {number} */ value) =>
    origin - history <= value && value < origin + horizon;
  const answers = (/** @type {number} */ origin) => Array.from({ length: horizon }, (_, i) => origin + i);
  const trained = Array.from({ length: LENGTH }, (_, value) =>
    training.some(({ origin }) => holds(origin, value)));
  const asked = new Set(kept.filter(({ test }) => test).flatMap(({ origin }) => answers(origin)));
  return {
    windows: kept.map(({ origin, test }) => ({
      origin, test,
      seenBy: training.filter((one) => answers(origin).some((value) => holds(one.origin, value))).length,
    })),
    trained,
    asked: asked.size,
    seen: [...asked].filter((value) => trained[value]).length,
  };
}

/**
 * The same order in every browser (Fisher and Yates).
 * @param {number[]} values
 */
function shuffled(values) {
  const order = [...values];
  const draws = random(1, values.length);
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = draws[i] % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
