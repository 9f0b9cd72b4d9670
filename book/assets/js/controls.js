// Sliders and choices, with a name for everybody.

import { element, shown } from "./live.js";

let made = 0;

/**
 * A slider with its name and its value.
 * @param {string} name
 * @param {Node | string} sign
 * @param {string} meaning
 * @param {number} min
 * @param {number} max
 * @param {number} step
 * @param {(value: number) => void} changed
 */
export function slider(name, sign, meaning, min, max, step, changed) {
  made += 1;
  const id = `live-${name}-${made}`;
  const input = /** @type {HTMLInputElement} */ (
    element("input", { type: "range", id, min, max, step, "data-name": name })
  );
  const value = element("output", { for: id, "aria-live": "off" });
  input.addEventListener("input", () => changed(Number(input.value)));
  const label = element("label", { for: id }, sign, meaning ? element("small", {}, ` ${meaning}`) : "");
  return {
    input,
    row: element("div", { class: "live-slider" }, label, input, value),
    /** @type {(now: number, digits: number) => void} */
    show(now, digits) {
      if (Number(input.value) !== now) input.value = String(now);
      value.textContent = shown(now, digits);
    },
  };
}

/**
 * One of two.
 * @param {string} title
 * @param {[any, string][]} options
 * @param {(value: any) => void} changed
 */
export function choice(title, options, changed) {
  made += 1;
  const name = `live-${title}-${made}`;
  const inputs = options.map(([value]) => {
    const input = /** @type {HTMLInputElement} */ (element("input", { type: "radio", name, value }));
    input.addEventListener("change", () => changed(value));
    return input;
  });
  const labels = inputs.map((input, i) => element("label", {}, input, ` ${options[i][1]}`));
  return {
    group: element("fieldset", {}, element("legend", {}, title), ...labels),
    show(/** @type {string} */ now) {
      inputs.forEach((input) => { input.checked = input.value === now; });
    },
  };
}
