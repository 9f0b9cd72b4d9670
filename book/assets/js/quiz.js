// Questions: checks an answer, says why it is right or wrong, and remembers whether it was right.

import { element, quoted } from "./live.js";
import { ANSWERED, CHANGED, remember, remembered, storing } from "./remembered.js";

/**
 * The number that a reader typed, also with a decimal comma or as a fraction; null if it is none.
 * @param {string} text
 */
function typed(text) {
  const plain = text.trim().replace("\u2212", "-").replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
  const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
  const parts = plain.split("/").map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => number.test(part))) return null;
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
  return Number.isFinite(value) ? value : null;
}

/** @typedef {{right: boolean, parts: (Node | string)[]}} Verdict */

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement[]} answers
 * @returns {Verdict | string} a sentence if there is nothing to judge yet
 */
function judge(form, answers) {
  const kind = form.dataset.kind;
  const why = (/** @type {number} */ place) =>
    Array.from(answers[place].querySelector(".quiz-why")?.cloneNode(true).childNodes ?? []);
  const isRight = (/** @type {number} */ place) => answers[place].dataset.answer === "right";
  if (kind === "number") {
    const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
    if (!field.value.trim()) return "Type a number first.";
    const value = typed(field.value);
    if (value === null) {
      return `${quoted(field.value)} is no number. Type one such as 0.5, \u22121.2 or 3/4.`;
    }
    const tolerance = Number(form.dataset.tolerance);
    const known = answers.findIndex((answer) => {
      const text = answer.querySelector(".quiz-value")?.lastChild?.textContent ?? "";
      return Math.abs(value - Number(text)) <= tolerance * (1 + 1e-9);
    });
    if (known >= 0) return { right: isRight(known), parts: why(known) };
    return { right: false, parts: [element("p", {}, "Not this number. Go through the steps again, or open the answer.")] };
  }
  const inputs = Array.from(form.querySelectorAll("input"));
  const chosen = inputs.flatMap((input, place) => (input.checked ? [place] : []));
  const wanted = Number(form.dataset.right);
  if (chosen.length !== wanted) {
    return wanted === 1 ? "Choose an answer first." : `Choose ${wanted} answers; you chose ${chosen.length}.`;
  }
  if (wanted === 1) return { right: isRight(chosen[0]), parts: why(chosen[0]) };
  const parts = chosen.map((place) => {
    const label = form.querySelectorAll("label")[place].textContent ?? "";
    const verdict = isRight(place) ? "Right" : "Wrong";
    return element("div", {}, element("p", {}, element("b", {}, `${verdict}: `), label), ...why(place));
  });
  return { right: chosen.every(isRight), parts };
}

const forms = /** @type {HTMLFormElement[]} */ (Array.from(document.querySelectorAll("form.quiz")));
const progress = element("p", { class: "quiz-progress", role: "status" });
const forget = element("button", { type: "button" }, "Delete my answers");

function showProgress() {
  const answered = remembered(ANSWERED);
  const here = forms.flatMap((form) => {
    const right = answered[form.dataset.quiz ?? ""];
    return right === undefined ? [] : [right];
  });
  const right = here.filter(Boolean).length;
  const where = storing()
    ? "is stored in your browser only."
    : "is forgotten when you leave this page: your browser stores nothing for this book.";
  progress.textContent = here.length
    ? `Answered on this page: ${here.length} of ${forms.length}, at the last try right: ${right}. This ${where}`
    : `What you answer ${where}`;
  forget.hidden = Object.keys(answered).length === 0;
}

for (const form of forms) {
  const answers = /** @type {HTMLElement[]} */ (Array.from(form.querySelectorAll(".quiz-answers li")));
  const feedback = element("div", { class: "quiz-feedback", role: "status" });
  const check = element("button", { type: "submit" }, "Check");
  form.querySelector("fieldset")?.after(element("p", { class: "quiz-check" }, check), feedback);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const verdict = judge(form, answers);
    if (typeof verdict === "string") {
      feedback.replaceChildren(element("p", {}, verdict));
      delete feedback.dataset.verdict;
      return;
    }
    const word = element("p", { class: "quiz-verdict" }, verdict.right ? "✓ Right" : "✗ Not right");
    feedback.replaceChildren(word, ...verdict.parts);
    feedback.dataset.verdict = verdict.right ? "right" : "wrong";
    remember(ANSWERED, { ...remembered(ANSWERED), [form.dataset.quiz ?? ""]: verdict.right });
  });
  // An answer that was changed is not the one that was judged.
  form.addEventListener("input", () => {
    feedback.replaceChildren();
    delete feedback.dataset.verdict;
  });
}
if (forms.length) {
  forms[forms.length - 1].after(element("div", { class: "quiz-foot" }, progress, forget));
  forget.addEventListener("click", () => {
    remember(ANSWERED, null);
    for (const form of forms) {
      form.reset();
      form.dispatchEvent(new Event("input"));
    }
    progress.textContent = "Your answers are deleted, those of the other pages too.";
  });
  document.addEventListener(CHANGED, showProgress);
  showProgress();
}
