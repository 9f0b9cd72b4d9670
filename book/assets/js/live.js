// What every live figure needs: elements, numbers, what is said aloud, the state in the address.

/**
 * Make an element. Text is only ever text.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * Make an element of a drawing.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElement}
 */
export function drawing(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} made
 * @param {Record<string, string | number | boolean | undefined>} attributes
 * @param {(Node | string)[]} children
 */
function fill(made, attributes, children) {
  set(made, attributes);
  made.append(...children);
  return made;
}

/**
 * Set attributes; undefined and false leave one out.
 * @param {Element} made
 * @param {Record<string, string | number | boolean | undefined>} attributes
 */
export function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) made.removeAttribute(name);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * A letter with its index, W_z or h_3, as the formulas have it.
 * @param {string} letter
 * @param {string | number} [index]
 */
export function symbol(letter, index) {
  const said = element("var", {}, letter);
  if (index !== undefined) said.append(element("sub", {}, String(index)));
  return said;
}

/**
 * Write a number with a true minus sign.
 * @param {number} value
 * @param {number} [digits]
 */
export function shown(value, digits = 2) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}

/**
 * Read a number within bounds, or say in a sentence what is wrong with it.
 * @param {string} text
 * @param {string} name
 * @param {number} least
 * @param {number} most
 * @param {number} [digits] with which the sentence says the bounds
 */
export function bounded(text, name, least, most, digits = 0) {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= least && value <= most)) {
    const range = `a number from ${shown(least, digits)} to ${shown(most, digits)}`;
    throw new RangeError(`${name} is ${quoted(text)}; expected ${range}.`);
  }
  return value;
}

/**
 * A foreign text, short enough for a sentence.
 * @param {string} text
 */
export function quoted(text) {
  const letters = Array.from(text);
  return `“${letters.length > 30 ? `${letters.slice(0, 30).join("")}…` : text}”`;
}

/**
 * Say what changed when a moment has passed without a further change, so that a slider that is
 * being dragged does not talk without a pause.
 * @param {HTMLElement} place an element with role="status"
 * @param {number} [pause] milliseconds
 */
export function announcer(place, pause = 300) {
  let waiting = 0;
  return (/** @type {() => string} */ sentence) => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      place.textContent = sentence();
    }, pause);
  };
}

/**
 * Put what is alive in the place of the stored picture.
 * @param {HTMLElement} figure
 * @param {HTMLElement} stage
 */
export function putStage(figure, stage) {
  const old = figure.querySelector("figure");
  const image = old?.querySelector("a, img");
  if (image) set(image, { hidden: true });
  if (old) old.before(stage);
  else figure.append(stage);
}

/**
 * Draw anew when there is more or less room. Asked only when it changes: the answer costs a layout.
 * @param {HTMLElement} stage
 * @param {() => void} redraw
 */
export function onResize(stage, redraw) {
  let room = stage.clientWidth;
  new ResizeObserver(() => {
    if (stage.clientWidth === room) return;
    room = stage.clientWidth;
    redraw();
  }).observe(stage);
}

/**
 * Show what the address asks for, `#name?key=value&...`, now and whenever it changes.
 * @param {string} name
 * @param {HTMLElement} figure
 * @param {HTMLElement} status where it is said
 * @param {(said: URLSearchParams) => {problems: string[], sentence: string}} take
 *   draws it; gives a sentence for each part that it cannot use, or one that says what is shown
 */
export function follow(name, figure, status, take) {
  const start = `#${name}?`;
  const now = (/** @type {boolean} */ first) => {
    if (!location.hash.startsWith(start)) return;
    const { problems, sentence } = take(new URLSearchParams(location.hash.slice(start.length)));
    const some = problems.length > 2
      ? [...problems.slice(0, 2), "There is more that it cannot use."]
      : problems;
    status.textContent = problems.length
      ? `The address of this page asks for what this figure cannot show. ${some.join(" ")}`
      : sentence;
    if (first && document.readyState !== "complete") {
      window.addEventListener("load", () => figure.scrollIntoView());
    } else figure.scrollIntoView();
  };
  now(true);
  window.addEventListener("hashchange", () => now(false));
}

/**
 * Put the state of a figure in the address, when a moment has passed without a further change:
 * browsers refuse many changes in a row.
 * @param {string} name
 */
export function addressWriter(name) {
  let waiting = 0;
  return (/** @type {Record<string, string>} */ values) => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const said = Object.entries(values).map(([key, value]) => `${key}=${value}`).join("&");
      history.replaceState(history.state, "", `#${name}${said ? `?${said}` : ""}`);
    }, 300);
  };
}
