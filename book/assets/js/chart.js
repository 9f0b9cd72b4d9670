// A drawing of rows above one another, with a column for each step: lines, bars, bands and cells.

import { drawing, element, set, shown } from "./live.js";

/**
 * @typedef {object} Row
 * @property {string} label what stands at its left
 * @property {string} kind class of the label
 * @property {number} height in pixels
 * @property {number} low value at the lower edge
 * @property {number} high value at the upper edge
 * @property {number[]} ticks
 * @property {string[]} [names] what stands at the ticks, instead of their numbers
 * @property {boolean} [lines] false where the ticks have no lines
 */

/**
 * @typedef {object} Series
 * @property {string} row
 * @property {"line" | "bars"} form
 * @property {string} kind class
 * @property {ArrayLike<number>} values one for each column; of a line, any number, evenly spread
 */

/**
 * A row that is filled with cells, each of them as dark as its value is high.
 * @typedef {object} Cells
 * @property {string} row
 * @property {"cells"} form
 * @property {string} kind class
 * @property {ArrayLike<number>[]} values from 0 to 1: a list for each column, from below
 */

const LEFT = 84;
const RIGHT = 8;
const GAP = 18;
const FOOT = 24;
/** Cells whose values differ by less are drawn at one go. */
const SHADES = 20;

/**
 * @param {string} label what the drawing is, for those who do not see it
 * @param {Record<string, Row>} rows from above
 * @param {(step: number, at: {row: string | undefined, value: number, first: boolean}) => void} chosen
 *   a click or a drag chose a step, counted from 1; which row was hit where, and whether it began
 */
export function chart(label, rows, chosen) {
  const root = drawing("svg", { role: "img", "aria-label": label });
  const texts = element("div", { class: "live-texts", "aria-hidden": "true" });
  const description = element("span", { class: "live-hidden" });
  const place = element("div", { class: "live-chart" }, root, texts, description);
  /** @type {Record<string, number>} */
  const tops = {};
  let below = 10;
  for (const [name, { height }] of Object.entries(rows)) {
    tops[name] = below;
    below += height + GAP;
  }
  const height = below - GAP + FOOT;
  let width = 640;
  let count = 1;
  let dragged = false;
  const column = () => (width - LEFT - RIGHT) / count;
  const x = (/** @type {number} */ i) => LEFT + (i + 0.5) * column();
  const y = (/** @type {string} */ name, /** @type {number} */ value) => {
    const { height: tall, low, high } = rows[name];
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return tops[name] + tall * (1 - share);
  };
  const text = (/** @type {string} */ kind, /** @type {number} */ left, /** @type {number} */ top,
    /** @type {string} */ said) =>
    element("span", { class: kind, style: `left: ${left}px; top: ${top}px` }, said);

  const choose = (/** @type {PointerEvent} */ event, /** @type {boolean} */ first) => {
    const box = root.getBoundingClientRect();
    const at = event.clientX - box.left - LEFT;
    const down = event.clientY - box.top;
    const row = Object.keys(rows).find((name) => down >= tops[name] && down <= tops[name] + rows[name].height);
    const { height: tall, low, high } = rows[row ?? ""] ?? { height: 1, low: 0, high: 0 };
    const value = high - ((down - tops[row ?? ""]) / tall) * (high - low);
    chosen(Math.min(count, Math.max(1, Math.floor(at / column()) + 1)), { row, value, first });
  };
  root.addEventListener("pointerdown", (event) => {
    dragged = event.pointerType === "mouse";
    if (dragged) root.setPointerCapture(event.pointerId);
    choose(event, true);
  });
  root.addEventListener("pointermove", (event) => { if (dragged) choose(event, false); });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    root.addEventListener(end, () => { dragged = false; });
  }

  /**
   * One path for all cells of a shade.
   * @param {Cells} cells
   */
  function shades({ row, kind, values }) {
    /** @type {string[][]} */
    const paths = Array.from({ length: SHADES + 1 }, () => []);
    values.forEach((list, i) => {
      const tall = rows[row].height / list.length;
      Array.from(list).forEach((value, k) => {
        if (Math.round(SHADES * value) === 0) return;
        const top = tops[row] + rows[row].height - (k + 1) * tall;
        paths[Math.round(SHADES * value)].push(`M${LEFT + i * column()} ${top}h${column()}v${tall}h${-column()}z`);
      });
    });
    return paths.flatMap((path, shade) => (path.length
      ? [drawing("path", { class: `live-cells ${kind}`, "fill-opacity": shade / SHADES, d: path.join("") })]
      : []));
  }

  return {
    element: place,
    /** Fit the room there is. Asked for only when it changes: the answer costs a layout. */
    fit() {
      width = place.clientWidth || 640;
    },
    /**
     * @param {object} picture
     * @param {number} picture.columns
     * @param {number} picture.step the chosen one, counted from 1; 0 for none
     * @param {(Series | Cells)[]} picture.series
     * @param {{row: string, from: number, to: number}[]} [picture.bands]
     * @param {string} picture.says the same in words
     */
    draw({ columns, step, series, bands = [], says }) {
      count = Math.max(1, columns);
      set(root, { viewBox: `0 0 ${width} ${height}`, width, height });
      const wide = width - LEFT - RIGHT;
      const bar = Math.max(1, column() * 0.7);
      root.replaceChildren(
        ...(step ? [drawing("rect", {
          class: "live-chosen", x: LEFT + (step - 1) * column(), width: Math.max(2, column()), y: 2,
          height: height - FOOT + 4, rx: 3,
        })] : []),
        ...bands.map(({ row, from, to }) => drawing("rect", {
          class: "live-stripe", x: LEFT, width: wide, y: y(row, to), height: y(row, from) - y(row, to),
        })),
        ...Object.entries(rows).flatMap(([name, { ticks, lines }]) => (lines === false ? [] : ticks).map((tick) =>
          drawing("line", { class: "live-grid", x1: LEFT, x2: width - RIGHT, y1: y(name, tick), y2: y(name, tick) }))),
        ...series.flatMap((one) => {
          if (one.form === "cells") return shades(one);
          const { row, form, kind, values } = one;
          const points = Array.from(values, (value, i) =>
            [LEFT + ((i + 0.5) * wide) / (form === "line" ? values.length : count), y(row, value)]);
          const floor = y(row, Math.max(rows[row].low, 0));
          return form === "line"
            ? drawing("polyline", { class: `live-line ${kind}`, points: points.join(" ") })
            : drawing("path", {
              class: `live-bars ${kind}`, style: `stroke-width: ${bar}px`,
              d: points.map(([at, up]) => `M${at} ${floor}V${Math.min(up, floor - 1)}`).join(""),
            });
        }),
      );
      const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((n) => n * column() >= 26) ?? 500;
      texts.replaceChildren(
        ...Object.entries(rows).flatMap(([name, row]) => [
          text(`live-label ${row.kind}`, 0, tops[name] + row.height / 2, row.label),
          ...row.ticks.map((tick, i) =>
            text("live-tick", LEFT - 5, y(name, tick), row.names?.[i] ?? shown(tick, 0))),
        ]),
        ...Array.from({ length: Math.floor((count - 1) / every) + 1 }, (_, i) =>
          text("live-number", x(i * every), height - 9, String(i * every + 1))),
      );
      description.textContent = says;
    },
  };
}
