// The live figure "It plays": two bars of one's own, and how the chorale model goes on.

import { chart } from "./chart.js";
import { chance, chordReader, KEYS, notesOf, pitchName, surprise, synthesised } from "./chorales.js";
import { slider } from "./controls.js";
import {
  addressWriter, announcer, bounded, element, follow, onResize, putStage, quoted, set, shown, symbol,
} from "./live.js";
import { player } from "./sound.js";
import { startTrained } from "./weights.js";

const NAME = "chorale-player";
const GIVEN = 8;
const BEATS = 24;
const SECONDS = 0.45;
const RATE = 16_000;
/** Pitches in the picture: from C2 up to, and without, C6. */
const [LOW, HIGH] = [36, 84];

/** @type {[string, number, number][]} name, lowest and highest pitch */
const VOICES = [["Soprano", 57, 83], ["Alto", 52, 79], ["Tenor", 45, 72], ["Bass", 36, 64]];
/** Two bars of our own, in C major: the pitches of the voices at each beat. */
const OPENING = [
  [72, 64, 55, 48], [71, 62, 55, 43], [72, 60, 52, 45], [74, 62, 55, 47],
  [76, 67, 55, 48], [74, 65, 57, 53], [74, 62, 59, 55], [72, 64, 60, 48],
];

/**
 * @typedef {object} State
 * @property {number[][]} voices pitches at each given beat, from the soprano down; 0 for a rest
 * @property {number} temperature
 * @property {number} seed
 * @property {number} beat that is looked at, counted from 1
 */

/** @type {State} */
const AT_REST = { voices: OPENING, temperature: 1, seed: 1, beat: GIVEN };
/** @type {Record<"temperature" | "seed" | "beat", [number, number]>} */
const LIMITS = { temperature: [0.2, 1.5], seed: [1, 999], beat: [1, BEATS] };

/**
 * The opening with one note changed.
 * @param {number[][]} voices
 * @param {number} beat counted from 0
 * @param {number} voice
 * @param {number} pitch
 */
function changed(voices, beat, voice, pitch) {
  return voices.map((chord, b) => chord.map((old, v) => (b === beat && v === voice ? pitch : old)));
}

/** @type {[string, string, Partial<State>, string][]} what it shows, button, state, what is said */
const STEPS = [
  ["Make one note strange. The surprise rises where it sounds, and what follows is another piece, although the random numbers are the same.",
    "A strange note", { voices: changed(OPENING, 5, 0, 73), beat: 6 }, "The strange note is hardly expected."],
  ["Lower the temperature. Most keys are unlikely at each beat, so that notes get lost.",
    "Temperature 0.5", { temperature: 0.5, beat: GIVEN + 1 }, "Colder, fewer keys go down."],
  ["Raise it. Each key is drawn by itself, and nothing keeps two neighbours from going down together.",
    "Temperature 1.2", { temperature: 1.2, beat: GIVEN + 1 }, "Hotter, more keys go down that nobody expects."],
];

/**
 * @param {HTMLElement} figure
 * @param {import("./weights.js").Model} model
 */
function start(figure, model) {
  const reader = chordReader(model);
  const { judged } = JSON.parse(model.provenance.found);
  const lowest = LOW - reader.key(LOW);
  let state = { ...AT_REST };
  let music = compose();
  /** The beat that sounds, counted from 1; null while nothing does. @type {number | null} */
  let sounding = null;
  /** The voice that the pointer moves. */
  let held = 0;

  const status = element("p", { role: "status", class: "live-status" });
  const say = announcer(status);
  const remember = addressWriter(NAME);
  const sound = player();
  const caption = element("p", { class: "listener-caption" });
  const formula = element("div", { class: "live-formula", role: "group", "aria-label": "The numbers of this beat" });
  const octaves = [36, 48, 60, 72];
  const picture = chart("Piano roll: what is played, and how probable each key was; below, how much each chord surprises", {
    roll: { label: "key", kind: "live-z", height: 5 * (HIGH - LOW), low: LOW, high: HIGH, ticks: octaves.map((pitch) => pitch + 0.5), names: octaves.map(pitchName) },
    surprise: { label: "surprise", kind: "live-r", height: 56, low: 0, high: 30, ticks: [0, 10, 20, 30] },
  }, touched);
  const sliders = {
    beat: slider("beat", "Beat", "", ...LIMITS.beat, 1, (beat) => change({ beat }, looked)),
    temperature: slider("temperature", "Temperature", "", ...LIMITS.temperature, 0.05, (temperature) => change({ temperature }, described)),
  };
  const voices = VOICES.map(([name, least, most], voice) =>
    slider(`voice-${voice}`, name, "", least - 1, most, 1, (pitch) => move(voice, pitch)));
  const play = element("button", { type: "button" }, "Play");

  function compose() {
    const opening = state.voices.map((chord) => {
      const row = new Uint8Array(KEYS);
      for (const pitch of chord) if (pitch) row[reader.key(pitch)] = 1;
      return row;
    });
    return reader.continued(opening, BEATS, state.seed, state.temperature);
  }

  /**
   * Give a voice another note at the beat that is looked at; below its lowest it rests.
   * @param {number} voice
   * @param {number} pitch
   */
  function move(voice, pitch) {
    const note = pitch < VOICES[voice][1] ? 0 : Math.min(pitch, VOICES[voice][2]);
    if (state.voices[state.beat - 1][voice] === note) return;
    change({ voices: changed(state.voices, state.beat - 1, voice, note) }, looked);
  }

  /**
   * A beat of the picture was chosen; in the given bars the nearest note comes to the pointer.
   * @param {number} beat
   * @param {{row: string | undefined, value: number, first: boolean}} at
   */
  function touched(beat, { row, value, first }) {
    if (first) {
      if (beat !== state.beat) change({ beat }, looked);
      const there = state.voices[beat - 1]?.map((pitch, voice) => ({ voice, far: Math.abs((pitch || -99) + 0.5 - value) }));
      held = row === "roll" && there ? there.sort((a, b) => a.far - b.far)[0].voice : -1;
      if (there && there[0].far < 1.5 && row === "roll") return; // it was taken hold of
    }
    // A note stays in its beat while it is dragged.
    if (held < 0 || state.beat > GIVEN) {
      if (!first && beat !== state.beat) change({ beat }, looked);
    } else if (row === "roll") move(held, Math.max(VOICES[held][1], Math.floor(value)));
  }

  /** @param {ArrayLike<number>} chord */
  function pitchesOf(chord) {
    return Array.from(chord).flatMap((down, key) => (down ? [key + lowest] : []));
  }

  /** @param {number} beat counted from 1 */
  function chordName(beat) {
    return pitchesOf(music.roll[beat - 1]).map(pitchName).join(" ") || "silence";
  }

  /** The keys in the order of their probability at a beat. @param {number} beat counted from 1 */
  function ranked(beat) {
    const expected = music.logits[beat - 1];
    return expected
      ? Array.from(expected, (logit, key) => ({ pitch: key + lowest, logit, p: chance(logit, state.temperature), key })).sort((a, b) => b.p - a.p)
      : [];
  }

  /** @param {number} beat counted from 1 */
  function surpriseAt(beat) {
    const expected = music.logits[beat - 1];
    return expected ? surprise(expected, music.roll[beat - 1]) : 0;
  }

  function looked() {
    const { beat } = state;
    if (beat === 1) return `Beat 1, ${chordName(1)}. Nothing is expected before the first chord.`;
    const most = ranked(beat).slice(0, 4).map(({ pitch, p }) => `${pitchName(pitch)} ${shown(p)}`);
    return `Beat ${beat}, ${beat > GIVEN ? "drawn" : "given"}: ${chordName(beat)}. Most expected: ${most.join(", ")}. Surprise: ${shown(surpriseAt(beat), 1)} nats.`;
  }

  function texture() {
    const drawn = music.roll.slice(GIVEN);
    const notes = drawn.map((chord) => pitchesOf(chord).length);
    return {
      notes: notes.reduce((sum, count) => sum + count, 0) / drawn.length,
      clashes: drawn.filter((chord) => chord.some((down, key) => down && chord[key + 1])).length,
      silent: notes.filter((count) => !count).length,
    };
  }

  function described() {
    const { notes, clashes, silent } = texture();
    const first = [1, 2, 3, 4].map((i) => chordName(GIVEN + i)).join("; ");
    const many = (/** @type {number} */ count) => `${count || "none"} of the ${BEATS - GIVEN} chords`;
    return `It goes on with ${first}. ${shown(notes, 1)} notes a chord, a clash in ${many(clashes)}${silent ? `, silence in ${silent}` : ""}.`;
  }

  /**
   * @param {Partial<State>} next
   * @param {() => string} sentence
   */
  function change(next, sentence) {
    sound.stop();
    state = { ...state, ...next };
    if (Object.keys(next).some((key) => key !== "beat")) music = compose();
    draw();
    say(sentence);
    remember(toAddress());
  }

  function draw() {
    const { beat, temperature, voices: given } = state;
    sliders.beat.show(beat, 0);
    sliders.temperature.show(temperature, 2);
    voices.forEach(({ input, row, show }, voice) => {
      const pitch = given[beat - 1]?.[voice];
      const said = pitch ? pitchName(pitch) : pitch === 0 ? "rest" : "–";
      input.disabled = pitch === undefined;
      show(pitch || VOICES[voice][1] - 1, 0);
      set(input, { "aria-valuetext": said });
      /** @type {HTMLElement} */ (row.querySelector("output")).textContent = said;
    });
    const now = sounding ?? beat;
    caption.textContent = `${sounding ? "Playing beat" : "Beat"} ${now}: ${chordName(now)}`;
    play.textContent = sound.playing() ? "Stop" : "Play";
    const inSight = (/** @type {ArrayLike<number>} */ keys) => Array.from(keys).slice(reader.key(LOW), reader.key(HIGH));
    picture.draw({
      columns: BEATS,
      step: now,
      series: [
        { row: "roll", form: "cells", kind: "live-z", values: music.logits.map((expected) =>
          (expected ? inSight(expected.map((logit) => chance(logit, temperature))) : [])) },
        ...[true, false].map((ours) => ({
          row: "roll", form: /** @type {const} */ ("cells"), kind: ours ? "chorale-given" : "chorale-drawn",
          values: music.roll.map((chord, place) => (place < GIVEN === ours ? inSight(chord) : [])),
        })),
        { row: "surprise", form: "bars", kind: "live-r", values: music.roll.map((_, place) => surpriseAt(place + 1)) },
      ],
      says: `The chords: ${music.roll.map((_, place) => chordName(place + 1)).join("; ")}.`,
    });
    formula.replaceChildren(...numbers(beat));
  }

  /**
   * The numbers of a beat.
   * @param {number} beat
   */
  function numbers(beat) {
    const line = (/** @type {string} */ kind, /** @type {(Node | string)[]} */ ...parts) => element("p", { class: kind }, ...parts);
    const value = (/** @type {number} */ number, digits = 2) => element("b", {}, shown(number, digits));
    const keys = ranked(beat);
    if (!keys.length) return [line("live-h", "Before the first chord the model says nothing.")];
    const sure = [...keys].sort((a, b) => Math.abs(a.p - 0.5) - Math.abs(b.p - 0.5))[0];
    const draw = music.draws[beat - 1]?.[sure.key];
    const mean = music.roll.slice(1, GIVEN).reduce((sum, _, place) => sum + surpriseAt(place + 2), 0) / (GIVEN - 1);
    return [
      line("live-z", "most expected: ", ...keys.slice(0, 6).flatMap(({ pitch, p }, i) => [i ? ", " : "", `${pitchName(pitch)} `, value(p)])),
      line("live-h", `the least certain key, ${pitchName(sure.pitch)}: σ(`, shown(sure.logit), " / ", shown(state.temperature), ") = ", value(sure.p, 3)),
      line("live-h", ...(draw === undefined ? ["this beat is given: nothing was drawn"]
        : ["random number for it: ", value(draw, 3), draw < sure.p ? `, below, so it is down` : `, not below, so it is up`])),
      line("live-r", "surprise, −Σ ln ", symbol("p"), " over the 88 keys at temperature 1: ", value(surpriseAt(beat), 1),
        " nats; mean of the given beats ", value(mean, 1)),
    ];
  }

  function toAddress() {
    /** @type {Record<string, string>} */
    const said = {};
    if (String(state.voices) !== String(OPENING)) said.opening = state.voices.map((chord) => chord.join("-")).join(".");
    for (const key of /** @type {const} */ (["temperature", "seed", "beat"])) {
      if (state[key] !== AT_REST[key]) said[key] = String(state[key]);
    }
    return said;
  }

  /**
   * Read an opening, or say in a sentence what is wrong with it.
   * @param {string} text
   */
  function openingFrom(text) {
    const chords = text.split(".").map((chord) => chord.split("-").map((pitch) => (/^\d{1,3}$/.test(pitch) ? Number(pitch) : NaN)));
    const fits = chords.length === GIVEN && chords.every((chord) => chord.length === VOICES.length
      && chord.every((pitch, voice) => pitch === 0 || (pitch >= VOICES[voice][1] && pitch <= VOICES[voice][2])));
    if (!fits) {
      throw new RangeError(`opening is ${quoted(text)}; expected ${GIVEN} chords of ${VOICES.length} pitches, each in the range of its voice or 0.`);
    }
    return chords;
  }

  /** @param {URLSearchParams} said */
  function fromAddress(said) {
    /** @type {string[]} */
    const problems = [];
    sound.stop();
    state = { ...AT_REST };
    for (const [key, text] of said) {
      try {
        if (key === "opening") state.voices = openingFrom(text);
        else if (Object.hasOwn(LIMITS, key)) {
          const name = /** @type {keyof typeof LIMITS} */ (key);
          const value = bounded(text, key, ...LIMITS[name]);
          state[name] = name === "temperature" ? value : Math.round(value);
        } else throw new RangeError(`${quoted(`${key}=${text}`)} means nothing to this figure.`);
      } catch (error) {
        problems.push(/** @type {Error} */ (error).message);
      }
    }
    music = compose();
    draw();
    return { problems, sentence: said.has("beat") ? looked() : described() };
  }

  function playOrStop() {
    if (sound.playing()) {
      sound.stop();
      return;
    }
    const notes = notesOf(music.roll, lowest);
    if (!notes.length) {
      say(() => "There is no note to play: give a voice one.");
      return;
    }
    sound.play(synthesised(notes, SECONDS, RATE), RATE, 1, {
      tick(seconds) {
        const beat = Math.min(BEATS, Math.floor(seconds / SECONDS) + 1);
        if (beat === sounding) return;
        sounding = beat;
        draw();
      },
      ended() {
        sounding = null;
        draw();
      },
    });
    draw();
    say(() => `Playing ${BEATS} beats. ${described()}`);
  }

  play.addEventListener("click", playOrStop);
  const other = element("button", { type: "button" }, "Another continuation");
  other.addEventListener("click", () => change({ seed: (state.seed % LIMITS.seed[1]) + 1 }, described));
  const again = element("button", { type: "button", class: "live-reset" }, "Start again");
  again.addEventListener("click", () => change({ ...AT_REST }, described));
  const guide = element("div", { class: "live-guide" },
    element("p", {}, "Three things to try:"),
    element("ol", {}, ...STEPS.map(([shows, label, next, says]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => change({ ...AT_REST, ...next }, () => `${says} ${next.voices ? looked() : described()}`));
      return element("li", {}, shows, " ", button);
    })),
    element("p", {}, "Then write two bars of your own: choose a beat and move its voices, or drag the notes in the picture."),
    element("p", {}, `The model has learned from chorales by Bach. On those that were kept for the test its surprise is ${shown(judged.test_loss)} nats a chord. The two bars at the beginning are not by Bach.`));
  const key = element("p", { class: "review-key" },
    element("span", { class: "chorale-key chorale-given" }, "given note"), ", ",
    element("span", { class: "chorale-key chorale-drawn" }, "drawn note"),
    ". The stronger the colour of a cell, the more probable the model found the key before it heard the chord.");
  const stage = element("div", { class: "live-stage" },
    element("div", { class: "live-presets" }, play, other, again), caption, picture.element, key, status,
    element("div", { class: "live-step" }, sliders.beat.row, sliders.temperature.row, ...voices.map(({ row }) => row)),
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
