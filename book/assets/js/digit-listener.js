// The live figure "It listens": which digit somebody says, answered after every frame.

import { chart } from "./chart.js";
import { choice, slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, element, follow, onResize, putStage, quoted, set, shown, symbol,
} from "./live.js";
import { player } from "./sound.js";
import { decided, digitListener } from "./spoken.js";
import { MOST_BYTES, readWav, resampled, wordOf } from "./wav.js";
import { startTrained } from "./weights.js";

const NAME = "digit-listener";
/** Points of the waveform that are drawn for each frame. */
const POINTS = 16;
/** Seconds: what the page plays longer than this is no word. */
const LONGEST_PLAYED = 3;
const SPEEDS = { whole: 1, quarter: 0.25 };

/**
 * @typedef {object} Recording
 * @property {string} name
 * @property {string} told what is to be heard
 * @property {Float64Array} samples at the rate of the model
 */

/**
 * @typedef {object} State
 * @property {number} recording
 * @property {"forwards" | "backwards"} order
 * @property {number} threshold
 * @property {number} frame that is looked at; 0 for that of the decision
 * @property {keyof typeof SPEEDS} speed
 */

/**
 * The recordings that the page plays elsewhere.
 * @param {number} rate
 * @returns {Recording[]}
 */
function recordingsOfPage(rate) {
  const found = document.querySelectorAll('audio[aria-label][src^="data:audio/wav;base64,"]');
  return Array.from(found).flatMap((one) => {
    try {
      const text = atob((one.getAttribute("src") ?? "").split(",")[1]);
      const sound = readWav(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
      const [samples] = sound.channels;
      if (samples.length > LONGEST_PLAYED * sound.rate) return []; // music
      const name = one.getAttribute("aria-label") ?? "";
      return [{ name, told: `To be heard: ${name}.`, samples: resampled(samples, sound.rate, rate) }];
    } catch {
      return []; // whatever else is no recording
    }
  });
}

/**
 * @param {HTMLElement} figure
 * @param {import("./weights.js").Model} model
 */
function start(figure, model) {
  const listener = digitListener(model);
  const { judged } = JSON.parse(model.provenance.found);
  const { words } = listener;
  const made = Object.keys(model.arrays).filter((name) => name.startsWith("sound."));
  /** @type {Recording[]} */
  const recordings = [
    ...recordingsOfPage(listener.rate),
    ...made.map((name) => {
      const word = name.slice("sound.".length);
      return { name: `“${word}”, synthesised`, told: `To be heard: two vowels, ${word}, made by a program. No digit.`, samples: model.arrays[name].data };
    }),
  ];
  const examples = recordings.length;
  /** @type {State} */
  const AT_REST = { recording: 0, order: "forwards", threshold: listener.threshold, frame: 0, speed: "whole" };
  let state = { ...AT_REST };
  let samples = sounded();
  let hearing = listener.listen(samples);
  let decision = decided(hearing.probabilities, state.threshold);
  /** How many frames have been played; null while nothing plays. @type {number | null} */
  let played = null;

  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const sound = player();
  const answer = element("p", { class: "review-answer" });
  const caption = element("p", { class: "listener-caption" });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The numbers of this frame" });
  const ticks = words.map((_, i) => i + 0.5);
  const picture = chart("The sound, its frames, and the probability of each digit after each frame", {
    sound: { label: "sound", kind: "live-x", height: 44, low: -1, high: 1, ticks: [0], names: [""] },
    mel: { label: "mel", kind: "live-x", height: 104, low: 0, high: 26, ticks: [4.5, 12.1, 19.6], names: ["0.4", "1", "2 kHz"], lines: false },
    words: { label: "digit", kind: "live-z", height: 160, low: 0, high: words.length, ticks, names: [...words].reverse(), lines: false },
  }, (frame) => look(frame));
  const sliders = {
    frame: slider("frame", "Frame", "of 20 ms", 1, 1, 1, (frame) => look(frame)),
    threshold: slider("threshold", "Decide at", "probability", 0.3, 0.99, 0.01, (threshold) => change({ threshold, frame: 0 })),
  };
  const order = choice("Play it", [["forwards", "forwards"], ["backwards", "backwards"]],
    (value) => change({ order: value, frame: 0 }));
  const speed = choice("Speed", [["whole", "as it was said"], ["quarter", "a quarter, which sounds lower"]],
    (value) => change({ speed: value }));
  const play = element("button", { type: "button" }, "Play");
  const chosen = element("div", { class: "live-presets", role: "group", "aria-label": "Recordings" });
  const file = /** @type {HTMLInputElement} */ (
    element("input", { type: "file", id: `${NAME}-file`, accept: ".wav,audio/wav,audio/x-wav" })
  );

  function sounded() {
    const given = recordings[state.recording].samples;
    return state.order === "backwards" ? given.slice().reverse() : given;
  }
  const count = () => hearing.frames.length;
  const frame = () => Math.min(state.frame || decision.frame, count());
  const name = () => `${recordings[state.recording].name}${state.order === "backwards" ? ", backwards" : ""}`;

  /** @param {number} value */
  function look(value) {
    sound.stop();
    state.frame = value;
    draw();
    say(looked);
    remember(toAddress());
  }

  /** The words in the order of their probability at a frame. @param {number} at counted from 1 */
  function ranked(at) {
    return Array.from(hearing.probabilities[at - 1], (p, word) => ({ p, word })).sort((a, b) => b.p - a.p);
  }

  function looked() {
    const said = ranked(frame()).slice(0, 3).map(({ p, word }) => `${words[word]} ${shown(p)}`);
    return `Frame ${frame()} of ${count()}: ${said.join(", ")}.`;
  }

  function described() {
    const { frame: at, word, sure } = decision;
    const [{ p, word: last }] = ranked(count());
    const how = sure
      ? `It decides for ${words[word]} at frame ${at} of ${count()}, after ${share(at)} of the word.`
      : `It is never sure enough, and decides for ${words[word]} at the last frame.`;
    return `${name()}. ${how} At the end: ${words[last]}, with ${shown(p)}.`;
  }

  /** Which word leads at which frames. */
  function leaders() {
    /** @type {{word: number, from: number, to: number}[]} */
    const runs = [];
    hearing.probabilities.forEach((_, t) => {
      const [{ word }] = ranked(t + 1);
      const before = runs[runs.length - 1];
      if (before?.word === word) before.to = t + 1;
      else runs.push({ word, from: t + 1, to: t + 1 });
    });
    return runs.map(({ word, from, to }) => `${words[word]} at ${from === to ? "frame" : "frames"} ${from === to ? from : `${from} to ${to}`}`).join(", ");
  }

  /** @param {number} at */
  function share(at) {
    return `${shown((100 * at) / count(), 0)}%`;
  }

  /** @param {Partial<State>} next */
  function show(next) {
    sound.stop();
    const other = next.recording !== undefined || next.order !== undefined;
    state = { ...state, ...next };
    if (other) {
      samples = sounded();
      hearing = listener.listen(samples);
    }
    decision = decided(hearing.probabilities, state.threshold);
    draw();
  }

  /**
   * @param {Partial<State>} next
   * @param {string} [says] in front of what follows from it
   */
  function change(next, says = "") {
    show(next);
    say(() => `${says} ${described()}`.trim());
    remember(toAddress());
  }

  function draw() {
    const { word, sure, frame: at } = decision;
    const until = played ?? count();
    answer.replaceChildren(...(played !== null && played < at ? ["listening …"] : [
      element("b", {}, words[word]), ` – ${sure ? `decided after ${share(at)} of the word` : "not sure even at the end"}`]));
    caption.textContent = recordings[state.recording].told + (state.order === "backwards" ? " Played backwards." : "");
    play.textContent = sound.playing() ? "Stop" : "Play";
    Array.from(chosen.children).forEach((button, i) => set(button, { "aria-pressed": i === state.recording ? "true" : "false" }));
    order.show(state.order);
    speed.show(state.speed);
    sliders.threshold.show(state.threshold, 2);
    const now = played === null ? frame() : Math.max(1, played);
    sliders.frame.input.max = String(count());
    sliders.frame.show(now, 0);
    const all = hearing.frames.flatMap((values) => Array.from(values));
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const heard = (/** @type {number} */ t, /** @type {ArrayLike<number>} */ values) => (t < until ? values : []);
    picture.draw({
      columns: count(),
      step: now,
      series: [
        { row: "sound", form: "line", kind: "live-x", values: waveform() },
        { row: "mel", form: "cells", kind: "live-x", values: hearing.frames.map((values) =>
          values.map((value) => (value - least) / Math.max(1e-9, most - least))) },
        { row: "words", form: "cells", kind: "live-z", values: hearing.probabilities.map((said, t) =>
          heard(t, Array.from(said).reverse())) },
        { row: "words", form: "cells", kind: "listener-decision", values: hearing.probabilities.map((said, t) =>
          (t + 1 === at && at <= until ? Array.from(said, (_, i) => Number(words.length - 1 - i === word)) : [])) },
      ],
      says: `The most probable digit: ${leaders()}.`,
    });
    formula.replaceChildren(...numbers(now));
  }

  /** The waveform, as its lowest and highest points in turn. */
  function waveform() {
    const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const width = listener.hop / POINTS;
    return Array.from({ length: count() * POINTS }, (_, i) => {
      const piece = samples.subarray(Math.floor(i * width), Math.floor((i + 1) * width));
      return (i % 2 ? Math.max(...piece) : Math.min(...piece)) / loudest;
    });
  }

  /**
   * The numbers of a frame.
   * @param {number} at
   */
  function numbers(at) {
    const { z } = hearing.outputs[at - 1];
    const [{ p, word }, second] = ranked(at);
    const said = hearing.logits[at - 1];
    const line = (/** @type {string} */ kind, /** @type {(Node | string)[]} */ ...parts) => element("p", { class: kind }, ...parts);
    const value = (/** @type {number} */ number, digits = 2) => element("b", {}, shown(number, digits));
    return [
      line("live-z", "mean of the update gates ", symbol("z", at), " = ", value(z.reduce((sum, one) => sum + one, 0) / z.length, 3),
        ": so much of the state is kept"),
      line("live-h", `logits at frame ${at}: ${words[word]} `, value(said[word]), `, ${words[second.word]} `, value(said[second.word])),
      line("live-h", `p(${words[word]}) = exp(${shown(said[word])}) / Σ exp = `, value(p, 3)),
      line("live-candidate", `it decides at the first frame with a probability of ${shown(state.threshold)} or more: `,
        ...(decision.sure ? ["frame ", element("b", {}, String(decision.frame)), ` of ${count()}`] : ["there is none, so at the last one"])),
    ];
  }

  function toAddress() {
    /** @type {Record<string, string>} */
    const said = {};
    if (state.recording && state.recording < examples) said.recording = encodeURIComponent(recordings[state.recording].name);
    if (state.order !== AT_REST.order) said.order = state.order;
    if (state.threshold !== AT_REST.threshold) said.threshold = String(state.threshold);
    if (state.frame) said.frame = String(state.frame);
    if (state.speed !== AT_REST.speed) said.speed = state.speed;
    return said;
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    /** @type {string[]} */
    const problems = [];
    /** @type {Partial<State>} */
    const next = { ...AT_REST };
    for (const [key, text] of said) {
      try {
        if (key === "recording") {
          const place = recordings.findIndex((one) => one.name === text);
          if (place < 0) throw new RangeError(`This page has no recording ${quoted(text)}.`);
          next.recording = place;
        } else if (key === "order" && (text === "forwards" || text === "backwards")) next.order = text;
        else if (key === "speed" && (text === "whole" || text === "quarter")) next.speed = text;
        else if (key === "threshold") next.threshold = bounded(text, key, 0.3, 0.99);
        else if (key === "frame") next.frame = Math.round(bounded(text, key, 1, listener.timesteps));
        else throw new RangeError(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    show(next);
    return { problems, sentence: state.frame ? looked() : described() };
  }

  function playOrStop() {
    if (sound.playing()) {
      sound.stop();
      return;
    }
    played = 0;
    sound.play(samples, listener.rate, SPEEDS[state.speed], {
      tick(seconds) {
        const now = Math.min(count(), Math.floor((seconds * listener.rate) / listener.hop));
        if (now === played) return;
        played = now;
        draw();
      },
      ended() {
        played = null;
        draw();
      },
    });
    draw();
    say(() => `Playing. ${described()}`);
  }

  /** @param {Recording} one */
  function recordingButton(one) {
    const button = element("button", { type: "button", "aria-pressed": "false" }, one.name);
    button.addEventListener("click", () => change({ recording: recordings.indexOf(one), frame: 0 }));
    return button;
  }

  /** @param {File} given */
  async function takeFile(given) {
    try {
      const sound = readWav(await given.slice(0, MOST_BYTES + 1).arrayBuffer());
      const word = wordOf(sound, listener.rate, listener.peak);
      const name = `your file ${quoted(given.name)}`;
      const one = { name, told: `To be heard: ${name}.`, samples: word };
      recordings.splice(examples, 1, one);
      chosen.replaceChildren(...recordings.map(recordingButton));
      change({ recording: examples, order: "forwards", frame: 0 });
    } catch (error) {
      say(() => /** @type {Error} */ (error).message);
    }
    file.value = ""; // the same file can be chosen again
  }

  play.addEventListener("click", playOrStop);
  file.addEventListener("change", () => { if (file.files?.[0]) takeFile(file.files[0]); });
  const again = element("button", { type: "button", class: "live-reset" }, "Start again");
  again.addEventListener("click", () => change({ ...AT_REST }));
  chosen.append(...recordings.map(recordingButton));
  /** @type {[string, string, Partial<State>, string][]} */
  const STEPS = [
    ["Turn the word round: nearly the same frames, in another order. The first recording becomes another digit, the second stays what it was.",
      "Backwards", { order: "backwards" }, "The order of the frames counts."],
    ["Let it be surer before it decides. It waits longer, and for this word it says the same.",
      "Decide at 0.99", { threshold: 0.99 }, "To be surer costs time."],
    ["Give it no digit at all: two vowels that a program made. It decides at once for one of its ten words, and by the end another one leads.",
      "No digit", { recording: examples - made.length }, "A network that knows ten words hears one of them in any sound."],
  ];
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...STEPS.map(([shows, label, next, says]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => change({ ...AT_REST, ...next }, says));
      return element("li", {}, shows, " ", button);
    })),
    element("p", {}, "Then let it hear you: a WAV file with one digit, in English. It stays in this page. Silence around the word is cut off, and its loudness is made that of the recordings it has learned from."),
    element("p", {}, `Of the test recordings, by the six people it has learned from, it decides ${shown(100 * judged.early_accuracy, 1)}% right, after ${shown(100 * judged.early_share, 0)}% of the word on average; at the end of the word ${shown(100 * judged.test_accuracy, 1)}%. You are a stranger to it: expect less.`));
  const key = element("p", { class: "review-key" },
    "The stronger the colour of a cell, the louder the band, and the more probable the digit. The framed cell is the decision.");
  const stage = element("div", { class: "live-stage" },
    chosen,
    element("div", { class: "review-head" }, play, answer, again), caption,
    picture.element, key, status,
    element("div", { class: "live-step" }, sliders.frame.row, sliders.threshold.row),
    element("div", { class: "live-switches" }, order.group, speed.group),
    element("p", { class: "listener-file" }, element("label", { for: file.id }, "A recording of your own (WAV)"), " ", file),
    formula, guide);
  putStage(figure, stage);

  picture.fit();
  draw();
  status.textContent = described();
  follow(NAME, figure, status, fromAddress);
  onResize(stage, () => {
    picture.fit();
    draw();
  });
}

startTrained(NAME, start);
