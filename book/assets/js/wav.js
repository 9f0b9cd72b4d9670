// Recordings of one's own: WAV files as they come, made into what the course's recordings are, one
// channel of 8,000 samples a second without silence around the word.

/** Seconds that a recording may last. */
export const LONGEST = 3;
const LARGEST = 8_000_000;
/** Energy of 10 ms, as a share of the loudest 10 ms, below which the ends count as silence. */
const SILENT = 1e-3;
/** No sample of a muted recording is larger. */
const MUTED = 1e-3;
/** Zeros of the sine on each side of the filter that limits the band. */
const ZEROS = 16;

/** @typedef {{rate: number, samples: Float64Array}} Sound */

/**
 * Read a WAV file: whole numbers of 8 to 32 bits, or floats; channels are averaged.
 * @param {ArrayBuffer} content
 * @returns {Sound} samples from -1 to 1
 */
export function readWav(content) {
  const bytes = new DataView(content);
  const word = (/** @type {number} */ at) =>
    String.fromCharCode(...new Uint8Array(content.slice(at, at + 4)));
  if (content.byteLength < 12 || word(0) !== "RIFF" || word(8) !== "WAVE") {
    throw new Error("This is no WAV file. Save the recording as WAV, and choose it again.");
  }
  if (content.byteLength > LARGEST) {
    throw new Error(`The file is too long. Expected is one spoken digit, of at most ${LONGEST} seconds.`);
  }
  /** @type {{code: number, channels: number, rate: number, bits: number} | undefined} */
  let form;
  for (let at = 12; at + 8 <= content.byteLength;) {
    const size = bytes.getUint32(at + 4, true);
    const start = at + 8;
    const end = Math.min(start + size, content.byteLength); // who records on may not know the size
    if (word(at) === "fmt " && end - start >= 16) {
      const code = bytes.getUint16(start, true);
      form = {
        code: code === 0xfffe && end - start >= 26 ? bytes.getUint16(start + 24, true) : code,
        channels: bytes.getUint16(start + 2, true),
        rate: bytes.getUint32(start + 4, true),
        bits: bytes.getUint16(start + 14, true),
      };
    } else if (word(at) === "data" && form) return samplesOf(bytes, start, end, form);
    at = start + size + (size % 2);
  }
  throw new Error("The WAV file is cut off: there is no sound in it. Save the recording again.");
}

/**
 * @param {DataView} bytes
 * @param {number} start
 * @param {number} end
 * @param {{code: number, channels: number, rate: number, bits: number}} form
 * @returns {Sound}
 */
function samplesOf(bytes, start, end, { code, channels, rate, bits }) {
  const readers = new Map(Object.entries({
    "1/8": (/** @type {number} */ at) => bytes.getUint8(at) / 128 - 1,
    "1/16": (/** @type {number} */ at) => bytes.getInt16(at, true) / 2 ** 15,
    "1/24": (/** @type {number} */ at) => ((bytes.getInt8(at + 2) << 16) | bytes.getUint16(at, true)) / 2 ** 23,
    "1/32": (/** @type {number} */ at) => bytes.getInt32(at, true) / 2 ** 31,
    "3/32": (/** @type {number} */ at) => bytes.getFloat32(at, true),
    "3/64": (/** @type {number} */ at) => bytes.getFloat64(at, true),
  }));
  const read = readers.get(`${code}/${bits}`);
  if (!read || !channels || channels > 8) {
    throw new Error(
      `The WAV file has ${channels} channels of ${bits} bits in format ${code}. Expected are whole numbers of 8, 16, 24 or 32 bits, or floats.`,
    );
  }
  if (rate < 8000 || rate > 192_000) {
    throw new Error(`The WAV file has ${rate} samples a second; expected 8,000 to 192,000.`);
  }
  const step = (bits / 8) * channels;
  const count = Math.floor((end - start) / step);
  if (!count) throw new Error("The WAV file holds no sound. Record it again.");
  if (count > LONGEST * rate) {
    throw new Error(
      `The recording lasts ${(count / rate).toFixed(1)} seconds. Expected is one spoken digit, of at most ${LONGEST} seconds.`,
    );
  }
  const samples = Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c += 1) sum += read(start + i * step + (c * bits) / 8);
    return sum / channels;
  });
  if (!samples.every(Number.isFinite)) {
    throw new Error("The WAV file holds a number that is not finite. Save the recording again.");
  }
  return { rate, samples };
}

/**
 * The same sound at a lower rate, or at the same one: what is too high for it is filtered out.
 * @param {Float64Array} samples
 * @param {number} from samples a second
 * @param {number} to samples a second
 */
export function resampled(samples, from, to) {
  if (from === to) return samples;
  const band = 0.94 * Math.min(1, to / from); // of half the old rate
  const reach = Math.ceil(ZEROS / band);
  /** @type {Map<number, Float64Array>} one filter for each place between two samples */
  const filters = new Map();
  const filter = (/** @type {number} */ part) => {
    const made = Float64Array.from({ length: 2 * reach }, (_, i) => {
      const t = i - reach + 1 - part / to;
      const sine = t === 0 ? 1 : Math.sin(Math.PI * band * t) / (Math.PI * band * t);
      return Math.abs(t) < reach ? sine * Math.cos((Math.PI * t) / (2 * reach)) ** 2 : 0;
    });
    const sum = made.reduce((total, value) => total + value, 0);
    return made.map((value) => value / sum);
  };
  return Float64Array.from({ length: Math.floor((samples.length * to) / from) }, (_, n) => {
    const part = (n * from) % to;
    const first = (n * from - part) / to - reach + 1;
    if (!filters.has(part)) filters.set(part, filter(part));
    const weights = /** @type {Float64Array} */ (filters.get(part));
    let sum = 0;
    for (let i = Math.max(0, -first); i < weights.length && first + i < samples.length; i += 1) {
      sum += weights[i] * samples[first + i];
    }
    return sum;
  });
}

/**
 * A word without the silence around it, as loud as those that the model has learned from.
 * @param {Float64Array} samples
 * @param {number} rate
 * @param {number} peak its largest sample is to be
 */
export function trimmed(samples, rate, peak) {
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (loudest < MUTED) {
    throw new Error("The recording is silent. Look whether the microphone was on, and record it again.");
  }
  const hop = Math.round(0.01 * rate);
  const energies = Array.from({ length: Math.ceil(samples.length / hop) }, (_, i) =>
    samples.subarray(i * hop, (i + 1) * hop).reduce((sum, value) => sum + value * value, 0));
  const least = SILENT * Math.max(...energies);
  const heard = energies.map((energy) => energy >= least);
  const kept = samples.slice(heard.indexOf(true) * hop, (heard.lastIndexOf(true) + 1) * hop);
  return kept.map((value) => (value * peak) / loudest);
}
