// Chords as the course has them, a row of 88 keys for each beat, and one GRU that expects the next.

import { gru, logistic, logits } from "./cells.js";
import { random } from "./random.js";

/** @typedef {import("./weights.js").Model} Model */

export const KEYS = 88;
const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/**
 * The name of a MIDI pitch: 60 is C4.
 * @param {number} pitch
 */
export function pitchName(pitch) {
  return `${NAMES[((pitch % 12) + 12) % 12]}${Math.floor(pitch / 12) - 1}`.replace("-", "\u2212");
}

/**
 * @typedef {object} Music
 * @property {Uint8Array[]} roll 1 for each key that is down, a row for each beat
 * @property {(Float64Array | undefined)[]} logits what was expected of the keys of each beat, from
 *   the beats before it; nothing of the first
 * @property {(Float64Array | undefined)[]} draws the random numbers that decided, where they did
 */

/**
 * @param {Model} model weights of studies/chorale_player.py
 */
export function chordReader({ arrays, texts }) {
  /** @type {{lowest: number, shift: number}} */
  const { lowest, shift } = JSON.parse(texts.about);
  const { kernel, recurrentKernel, bias, outputKernel, outputBias } = arrays;
  const cell = gru({ kernel, recurrentKernel, bias });
  const head = { kernel: outputKernel, bias: outputBias };
  // What was read last: a beat that is changed changes nothing before it.
  let read = /** @type {string[]} */ ([]);
  let states = /** @type {Float64Array[]} */ ([new Float64Array(cell.units)]);
  let said = /** @type {Float64Array[]} */ ([]);

  /**
   * What is expected after a chord, the one of this place; those before it were read before.
   * @param {number} place
   * @param {Uint8Array} chord
   */
  function after(place, chord) {
    const key = chord.join("");
    if (read[place] !== key) {
      const [state] = cell.step(chord, [states[place]]).state;
      read = [...read.slice(0, place), key];
      states = [...states.slice(0, place + 1), state];
      said = [...said.slice(0, place), logits(head, state)];
    }
    return said[place];
  }

  return {
    /** Which key a pitch is that choirs sing. @param {number} pitch */
    key: (pitch) => pitch - shift - lowest,

    /**
     * What is expected at each beat of a piece, and after it.
     * @param {Uint8Array[]} roll
     */
    expected: (roll) => roll.map((chord, place) => after(place, chord)),

    /**
     * Continue a piece; each key is drawn by itself, as gru_course.apps.chorales.learn.compose does.
     * @param {Uint8Array[]} opening at least one chord
     * @param {number} beats length of the whole
     * @param {number} seed of the documented generator
     * @param {number} temperature
     * @returns {Music}
     */
    continued(opening, beats, seed, temperature) {
      const roll = [...opening];
      const drawn = random(seed, (beats - opening.length) * KEYS);
      /** @type {Music["logits"]} */
      const expected = [undefined];
      /** @type {Music["draws"]} */
      const draws = opening.map(() => undefined);
      for (let beat = 1; beat < beats; beat += 1) {
        const next = after(beat - 1, roll[beat - 1]);
        expected.push(next);
        if (beat < opening.length) continue;
        const start = (beat - opening.length) * KEYS;
        const draw = Float64Array.from(drawn.slice(start, start + KEYS), (value) => value / 2 ** 32);
        draws.push(draw);
        roll.push(Uint8Array.from(draw, (u, key) => Number(u < chance(next[key], temperature))));
      }
      return { roll, logits: expected, draws };
    },
  };
}

/**
 * The probability that a key goes down.
 * @param {number} logit
 * @param {number} temperature
 */
export function chance(logit, temperature) {
  return logistic(logit / temperature);
}

/**
 * Minus the log-likelihood of a chord, in nats: how much it surprises.
 * @param {ArrayLike<number>} expected logits
 * @param {ArrayLike<number>} chord
 */
export function surprise(expected, chord) {
  return Array.from(expected).reduce((sum, logit, key) =>
    sum + Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - chord[key] * logit, 0);
}

/** @typedef {{pitch: number, start: number, steps: number}} Note */

/**
 * The notes of a roll: neighbouring beats of one key become one note.
 * @param {Uint8Array[]} roll
 * @param {number} lowest pitch of the first key
 * @returns {Note[]}
 */
export function notesOf(roll, lowest) {
  /** @type {Note[]} */
  const notes = [];
  for (let key = 0; key < KEYS; key += 1) {
    roll.forEach((chord, start) => {
      if (!chord[key] || (start && roll[start - 1][key])) return;
      const end = roll.findIndex((later, step) => step > start && !later[key]);
      notes.push({ pitch: key + lowest, start, steps: (end < 0 ? roll.length : end) - start });
    });
  }
  return notes;
}

const PARTIALS = Array.from({ length: 8 }, (_, i) => 0.6 ** i);

/**
 * Notes made audible by adding sines, as gru_course.apps.chorales.sound.synthesise does.
 * @param {Note[]} notes at least one
 * @param {number} secondsPerStep
 * @param {number} rate
 */
export function synthesised(notes, secondsPerStep, rate) {
  const place = (/** @type {number} */ step) => Math.round(step * secondsPerStep * rate);
  const sound = new Float64Array(Math.max(...notes.map(({ start, steps }) => place(start + steps))));
  for (const { pitch, start, steps } of notes) {
    const first = place(start);
    const length = place(start + steps) - first;
    const turn = (2 * Math.PI * 440 * 2 ** ((pitch - 69) / 12)) / rate;
    const partials = PARTIALS.map((loud, i) => ({ loud, angle: (i + 1) * turn })).filter(({ angle }) => angle < Math.PI);
    const tone = new Float64Array(length);
    for (const { loud, angle } of partials) {
      // A turn by the same angle again and again is much faster than a sine each time.
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      let [re, im] = [1, 0];
      for (let i = 0; i < length; i += 1) {
        tone[i] += loud * im;
        [re, im] = [re * cos - im * sin, re * sin + im * cos];
      }
    }
    for (let i = 0; i < length; i += 1) {
      const swell = Math.min(i / rate / 0.015, (length - i) / rate / 0.06, 1);
      sound[first + i] += tone[i] * swell * Math.exp((-0.7 * i) / rate);
    }
  }
  const loudest = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return sound.map((value) => (value * 0.8) / loudest);
}
