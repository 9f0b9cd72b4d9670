// One GRU unit with one input: its ten numbers, and a slider for each.

import { matrix } from "./cells.js";
import { slider } from "./controls.js";
import { element, symbol } from "./live.js";

/** @typedef {"Wz" | "Uz" | "bz" | "Wr" | "Ur" | "br" | "Wh" | "Uh" | "bh" | "ch"} Weight */

/** @type {{title: string, note: string, weights: [Weight, string, number, number][]}[]} name, what
 *   it multiplies, the most it can be, and the step of its slider */
const GROUPS = [
  {
    title: "Update gate z",
    note: "how much is kept",
    weights: [["Wz", "input", 12, 0.5], ["Uz", "old state", 12, 0.5], ["bz", "bias", 12, 0.5]],
  },
  {
    title: "Reset gate r",
    note: "how much of the past is read",
    weights: [["Wr", "input", 12, 0.5], ["Ur", "old state", 12, 0.5], ["br", "bias", 12, 0.5]],
  },
  {
    title: "Candidate h̃",
    note: "what could be written",
    weights: [
      ["Wh", "input", 5, 0.1], ["Uh", "old state", 5, 0.1], ["bh", "bias", 5, 0.1],
      ["ch", "second bias", 5, 0.1],
    ],
  },
];
export const LIMITS = new Map(
  GROUPS.flatMap((group) => group.weights.map(([name, , most]) => [/** @type {string} */ (name), most])),
);

/**
 * The unit as a cell takes it.
 * @param {Record<Weight, number>} w
 * @param {"after" | "before"} [reset]
 */
export function oneUnit(w, reset = "after") {
  const bias = [[w.bz, w.br, w.bh], [0, 0, w.ch]];
  return {
    kernel: matrix([[w.Wz, w.Wr, w.Wh]]),
    recurrentKernel: matrix([[w.Uz, w.Ur, w.Uh]]),
    bias: matrix(reset === "after" ? bias : bias.slice(0, 1)),
  };
}

/** @param {(name: Weight, value: number) => void} changed */
export function weightSliders(changed) {
  /** @type {Map<Weight, ReturnType<typeof slider>>} */
  const made = new Map();
  const groups = GROUPS.map(({ title, note, weights }) => {
    const rows = weights.map(([name, meaning, most, by]) => {
      const one = slider(name, symbol(name[0], name[1]), meaning, -most, most, by, (value) => changed(name, value));
      made.set(name, one);
      return one.row;
    });
    return element("fieldset", {}, element("legend", {}, title, element("small", {}, note)), ...rows);
  });
  return {
    groups,
    /** @param {Record<Weight, number>} now */
    show: (now) => made.forEach((one, name) => one.show(now[name], 1)),
    /** @param {Weight} name */
    input: (name) => /** @type {ReturnType<typeof slider>} */ (made.get(name)).input,
  };
}
