// From sound to an answer after each frame: log-mel frames as gru_course.apps.speech makes them, and
// one GRU that reads them. In 64-bit floats, where the course rounds to 32 bits on the way; a test
// compares both.

import { gru, logits, softmax } from "./cells.js";

/** @typedef {import("./weights.js").Model} Model */
/** @typedef {import("./cells.js").Outputs} Outputs */

const FRAME_SECONDS = 0.025;
const HOP_SECONDS = 0.01;
const FLOOR = 1e-8;
/** Frames of 10 ms that are averaged to one. */
const PAIR = 2;

/** @param {number} hertz */
const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);

/**
 * Triangles that gather the bins of a spectrum into bands of equal width in mel.
 * @param {number} rate
 * @param {number} size length of the Fourier transform
 * @param {number} bands
 */
function melFilters(rate, size, bands) {
  const edges = Array.from({ length: bands + 2 }, (_, i) =>
    700 * (10 ** ((i * mel(rate / 2)) / (bands + 1) / 2595) - 1));
  return Array.from({ length: bands }, (_, band) =>
    Float64Array.from({ length: size / 2 + 1 }, (__, bin) => {
      const hertz = (bin * rate) / size;
      const rising = (hertz - edges[band]) / (edges[band + 1] - edges[band]);
      const falling = (edges[band + 2] - hertz) / (edges[band + 2] - edges[band + 1]);
      return Math.max(0, Math.min(rising, falling));
    }));
}

/**
 * The fast Fourier transform, in place.
 * @param {Float64Array} real as many as a power of two
 * @param {Float64Array} imaginary
 */
function transform(real, imaginary) {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i += 1) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let width = 2; width <= size; width *= 2) {
    for (let k = 0; k < width / 2; k += 1) {
      const angle = (-2 * Math.PI * k) / width;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let at = k; at < size; at += width) {
        const other = at + width / 2;
        const re = real[other] * cos - imaginary[other] * sin;
        const im = real[other] * sin + imaginary[other] * cos;
        real[other] = real[at] - re;
        imaginary[other] = imaginary[at] - im;
        real[at] += re;
        imaginary[at] += im;
      }
    }
  }
}

/**
 * The logarithm of the energy in each mel band, one frame every 10 ms.
 * @param {ArrayLike<number>} samples from -1 to 1
 * @param {number} rate
 * @param {number} [bands]
 * @returns {Float64Array[]}
 */
export function logMel(samples, rate, bands = 26) {
  const length = Math.round(FRAME_SECONDS * rate);
  const hop = Math.round(HOP_SECONDS * rate);
  if (samples.length < length) {
    throw new RangeError(`The sound has ${samples.length} samples; expected at least ${length}, the length of a frame.`);
  }
  const size = 2 ** Math.ceil(Math.log2(length));
  const filters = melFilters(rate, size, bands);
  const hann = Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (length - 1)));
  return Array.from({ length: Math.floor((samples.length - length) / hop) + 1 }, (_, t) => {
    const real = new Float64Array(size);
    const imaginary = new Float64Array(size);
    for (let i = 0; i < length; i += 1) real[i] = samples[t * hop + i] * hann[i];
    transform(real, imaginary);
    return Float64Array.from(filters, (filter) => {
      const energy = filter.reduce((sum, share, bin) => sum + share * (real[bin] ** 2 + imaginary[bin] ** 2), 0);
      return Math.log(Math.max(energy, FLOOR));
    });
  });
}

/**
 * Frames of a word, one every 20 ms; of one that is too long, the beginning.
 * @param {ArrayLike<number>} samples
 * @param {number} rate
 * @param {number} timesteps
 */
export function wordFrames(samples, rate, timesteps) {
  const frames = logMel(samples, rate);
  const pairs = Math.min(timesteps, Math.max(1, Math.floor(frames.length / PAIR)));
  return Array.from({ length: pairs }, (_, t) => {
    const [first, second] = [frames[PAIR * t], frames[PAIR * t + 1] ?? frames[PAIR * t]];
    return first.map((value, band) => (value + second[band]) / 2);
  });
}

/**
 * @typedef {object} Hearing
 * @property {Float64Array[]} frames log-mel, one every 20 ms
 * @property {Outputs[]} outputs of the GRU at each frame
 * @property {Float64Array[]} logits after each frame
 * @property {Float64Array[]} probabilities of the words after each frame
 */

/**
 * @param {Model} model weights of studies/digit_listener.py
 */
export function digitListener({ arrays, texts }) {
  /** @type {{words: string[], rate: number, timesteps: number, threshold: number, peak: number}} */
  const about = JSON.parse(texts.about);
  const { kernel, recurrentKernel, bias, outputKernel, outputBias, mean, deviation } = arrays;
  const cell = gru({ kernel, recurrentKernel, bias });
  const head = { kernel: outputKernel, bias: outputBias };
  return {
    ...about,
    /** Samples from one frame to the next. */
    hop: PAIR * Math.round(HOP_SECONDS * about.rate),

    /**
     * @param {ArrayLike<number>} samples at the rate of the model
     * @returns {Hearing}
     */
    listen(samples) {
      const frames = wordFrames(samples, about.rate, about.timesteps);
      let state = /** @type {Float64Array} */ (new Float64Array(cell.units));
      /** @type {Outputs[]} */
      const outputs = [];
      const said = frames.map((frame) => {
        const x = frame.map((value, band) => (value - mean.data[band]) / deviation.data[band]);
        const now = cell.step(x, [state]);
        [state] = now.state;
        outputs.push(now.outputs);
        return logits(head, state);
      });
      return { frames, outputs, logits: said, probabilities: said.map(softmax) };
    },
  };
}

/**
 * The first frame that is sure enough, or the last one; the rule of
 * gru_course.apps.speech.learn.decide_early.
 * @param {ArrayLike<number>[]} probabilities
 * @param {number} threshold
 * @returns {{frame: number, word: number, sure: boolean}} frame counted from 1
 */
export function decided(probabilities, threshold) {
  const highest = probabilities.map((said) => Math.max(...Array.from(said)));
  const first = highest.findIndex((p) => p >= threshold);
  const at = first < 0 ? probabilities.length - 1 : first;
  return { frame: at + 1, word: Array.from(probabilities[at]).indexOf(highest[at]), sure: first >= 0 };
}
