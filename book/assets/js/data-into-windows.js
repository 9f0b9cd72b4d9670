// The live figure "Data into windows": two reviews of one's own become two rows of one array.

import { addressWriter, announcer, bounded, element, follow, putStage, quoted } from "./live.js";
import { intoWindow } from "./windows.js";

const NAME = "data-into-windows";
const LONGEST = 10;
const MOST_WORDS = 40;

/**
 * @typedef {object} State
 * @property {[string, string]} texts
 * @property {number} length
 * @property {"pre" | "post"} padding
 * @property {"pre" | "post"} truncating
 */

/** @type {State} */
const AT_REST = {
  texts: ["slow at first but in the end superb", "not good"],
  length: 5,
  padding: "pre",
  truncating: "pre",
};
const ORDINALS = ["first", "second"];

/** @param {string} text */
function wordsOf(text) {
  return text.split(/\s+/).filter(Boolean);
}

/** @param {string} word */
function brief(word) {
  const letters = Array.from(word);
  return letters.length > 20 ? `${letters.slice(0, 20).join("")}…` : word;
}

/** @param {State} state */
function describe(state) {
  const { padding, truncating, length } = state;
  const sentences = state.texts.map((text, i) => {
    const all = wordsOf(text);
    const words = all.slice(0, MOST_WORDS);
    const { kept: [start, end] } = intoWindow(words, length, padding, truncating);
    const cut = words.length - (end - start);
    const filler = length - (end - start);
    const which = `the ${ORDINALS[i]} review`;
    const much = all.length > words.length ? ` This figure reads only its first ${MOST_WORDS} words.` : "";
    const said = !words.length
      ? `${which} has no words and becomes a row of filler.`
      : cut
        ? `${which} loses its ${truncating === "pre" ? "first" : "last"} ${cut === 1 ? "word" : `${cut} words`}.`
        : filler
          ? `${which} gets ${filler} ${filler === 1 ? "zero" : "zeros"} ${padding === "pre" ? "in front" : "behind"}.`
          : `${which} fits.`;
    return said[0].toUpperCase() + said.slice(1) + much;
  });
  return sentences.join(" ");
}

/** @param {URLSearchParams} said */
function fromAddress(said) {
  /** @type {string[]} */
  const problems = [];
  /** @type {State} */
  const state = { ...AT_REST, texts: [...AT_REST.texts] };
  for (const [key, text] of said) {
    if (key === "a") state.texts[0] = text;
    else if (key === "b") state.texts[1] = text;
    else if ((key === "padding" || key === "truncating") && (text === "pre" || text === "post")) {
      state[key] = text;
    } else if (key === "length") {
      try {
        state.length = Math.round(bounded(text, "length", 1, LONGEST));
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    } else {
      problems.push(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
    }
  }
  return { state, problems };
}

/** @param {State} state */
function toAddress(state) {
  /** @type {Record<string, string>} */
  const said = {};
  state.texts.forEach((text, i) => {
    const stored = Array.from(text).slice(0, 300).join("");
    if (text !== AT_REST.texts[i]) said["ab"[i]] = encodeURIComponent(stored);
  });
  if (state.length !== AT_REST.length) said.length = String(state.length);
  if (state.padding !== AT_REST.padding) said.padding = state.padding;
  if (state.truncating !== AT_REST.truncating) said.truncating = state.truncating;
  return said;
}

/** @param {HTMLElement} figure */
function start(figure) {
  /** @type {State} */
  let state = { ...AT_REST, texts: [...AT_REST.texts] };
  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const result = element("div", { class: "windows-result" });
  const array = element("div", { class: "windows-array", tabindex: 0, role: "region", "aria-label": "The array" });

  /** @param {Partial<State>} next */
  function change(next, says = "") {
    state = { ...state, ...next };
    draw();
    say(() => `${says} ${describe(state)}`.trim());
    remember(toAddress(state));
  }

  const fields = AT_REST.texts.map((_, i) => {
    const id = `${NAME}-text-${i}`;
    const input = /** @type {HTMLInputElement} */ (element("input", { id, type: "text", dir: "auto", autocomplete: "off" }));
    input.addEventListener("input", () => {
      const texts = /** @type {[string, string]} */ ([...state.texts]);
      texts[i] = input.value;
      change({ texts });
    });
    const label = element("label", { for: id }, `${ORDINALS[i] === "first" ? "First" : "Second"} review`);
    return { input, row: element("p", { class: "windows-field" }, label, " ", input) };
  });
  const slider = /** @type {HTMLInputElement} */ (
    element("input", { type: "range", id: `${NAME}-length`, min: 1, max: LONGEST, step: 1, "data-name": "length" })
  );
  const length = element("output", { for: slider.id, "aria-live": "off" });
  slider.addEventListener("input", () => change({ length: Number(slider.value) }));
  const choices = /** @type {const} */ ([
    ["padding", "Filler stands (padding)", ["in front", "behind"]],
    ["truncating", "Words are cut (truncating)", ["in front", "behind"]],
  ]).map(([key, title, words]) => {
    const inputs = /** @type {const} */ (["pre", "post"]).map((value) => {
      const input = /** @type {HTMLInputElement} */ (
        element("input", { type: "radio", name: `${NAME}-${key}`, value, id: `${NAME}-${key}-${value}` })
      );
      input.addEventListener("change", () => change({ [key]: value }));
      return input;
    });
    const labels = inputs.map((input, i) => element("label", {}, input, ` ${words[i]}, `, element("code", {}, `"${input.value}"`)));
    return {
      group: element("fieldset", {}, element("legend", {}, title), ...labels),
      show: () => inputs.forEach((input) => { input.checked = input.value === state[key]; }),
    };
  });
  const again = element("button", { type: "button", class: "live-reset" }, "Start again");
  again.addEventListener("click", () => change({ ...AT_REST, texts: [...AT_REST.texts] }));

  /** @type {[string, string, Partial<State>, string][]} */
  const steps = [
    ["Cut behind instead: of the first review only the complaint is left.", "Cut behind",
      { truncating: "post" }, "Now the praise at the end is gone."],
    ["Put the filler behind: the last thing that the network reads of the second review is filler.", "Fill behind",
      { padding: "post" }, "Now the filler comes last, next to the answer, unless a mask hides it."],
    ["Make the window as long as the longest review: nothing is cut, and there is more filler to compute.", "Window of 8",
      { length: 8 }, "Now nothing is cut."],
  ];
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...steps.map(([text, label, next, says]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => change({ ...AT_REST, texts: [...AT_REST.texts], ...next }, says));
      return element("li", {}, text, " ", button);
    })),
    element("p", {}, "Then type reviews of your own. What you type stays in this page and in its address."));

  function draw() {
    const { texts, padding, truncating } = state;
    fields.forEach(({ input }, i) => {
      if (input.value !== texts[i]) input.value = texts[i];
    });
    if (Number(slider.value) !== state.length) slider.value = String(state.length);
    length.textContent = String(state.length);
    choices.forEach(({ show }) => show());
    const rows = texts.map((text) => {
      const words = wordsOf(text).slice(0, MOST_WORDS);
      return { words, ...intoWindow(words, state.length, padding, truncating) };
    });
    result.replaceChildren(...rows.map(({ words, kept }, i) =>
      element("p", { class: "windows-words" }, ...(words.length ? words.flatMap((word, place) => {
        const inside = place >= kept[0] && place < kept[1];
        return [element(inside ? "span" : "s", {}, element("bdi", {}, brief(word))), " "];
      }) : [`(the ${ORDINALS[i]} review is empty)`]))));
    const head = element("tr", {}, element("td"), ...Array.from({ length: state.length }, (_, t) =>
      element("th", { scope: "col" }, `step ${t + 1}`)));
    const body = rows.map(({ row }, i) => element("tr", {}, element("th", { scope: "row" }, `${i + 1}`),
      ...row.map((word) => word === null
        ? element("td", { class: "windows-filler" }, "0")
        : element("td", {}, element("bdi", {}, brief(word))))));
    const caption = element("caption", {}, `The array: 2 rows of ${state.length} ${state.length === 1 ? "step" : "steps"}; 0 is filler.`);
    array.replaceChildren(element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...body)));
  }

  putStage(figure, element("div", { class: "live-stage" },
    ...fields.map(({ row }) => row),
    element("div", { class: "live-step" },
      element("div", { class: "live-slider" }, element("label", { for: slider.id }, "Window"), slider, length),
      again),
    element("div", { class: "live-switches" }, ...choices.map(({ group }) => group)),
    result, array, status, guide));

  draw();
  status.textContent = describe(state);
  follow(NAME, figure, status, (said) => {
    const { state: asked, problems } = fromAddress(said);
    state = asked;
    draw();
    return { problems, sentence: describe(state) };
  });
}

for (const figure of document.querySelectorAll(`[data-live="${NAME}"]`)) {
  start(/** @type {HTMLElement} */ (figure));
}
