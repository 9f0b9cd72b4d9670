// Recordings of one's own: WAV files as they come, made into what the course's recordings are. The rules
// are those of gru_course.apps.speech.own_voice, whose reader of files and whose filter are SciPy's; a
// test gives both the same files.

/** Seconds: of a file, and of the sound in it. */
const LONGEST_FILE = 10;
const SHORTEST_WORD = 0.1;
const LONGEST_WORD = 0.96;
export const MOST_BYTES = 20_000_000;
const MOST_SAMPLES_PER_SECOND = 192_000;
/** Of full scale: no sample of a muted recording is larger. */
const MUTED = 0.003;
/** Of full scale: as loud as a file can hold. */
const FULL = 0.99;
/** Of the loudest 10 ms: less counts as silence. */
const QUIET = 0.05;
/** Pieces of 10 ms that are kept before and behind the sound: consonants begin softly. */
const AROUND = 2;
/** Taps of the filter on each side, in steps of the lower rate, and the shape of its window. */
const HALF = 10;
const BETA = 5;
const HELP = "Save the recording as WAV (PCM), and choose it again.";
const [PCM, FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];
/** What follows the format in the long form of a header. */
const GUID = [0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];

/** @typedef {{rate: number, channels: Float64Array[]}} Sound */
/** @typedef {{code: number, channels: number, rate: number, block: number, bits: number}} Form */

/**
 * Read a WAV file: whole numbers or floats, in one channel or several.
 * @param {ArrayBuffer} content
 * @returns {Sound} samples from -1 to 1
 */
export function readWav(content) {
  if (content.byteLength > MOST_BYTES) {
    throw new Error(`The file has more than ${MOST_BYTES / 1e6} million bytes; expected one word. Cut the rest off.`);
  }
  const bytes = new DataView(content);
  const word = (/** @type {number} */ at) => String.fromCharCode(...new Uint8Array(content.slice(at, at + 4)));
  if (content.byteLength < 12 || word(0) !== "RIFF" || word(8) !== "WAVE") {
    throw new Error(`This is no WAV file. ${HELP}`);
  }
  const end = bytes.getUint32(4, true) + 8;
  /** @type {Form | undefined} */
  let form;
  /** @type {Sound | undefined} */
  let sound;
  for (let at = 12; at < end;) {
    // Half a word is none: whoever cut the file knows what was there.
    if (at + 8 > content.byteLength) throw new Error(`The WAV file is cut off. ${HELP}`);
    const size = bytes.getUint32(at + 4, true);
    const start = at + 8;
    if (word(at) === "fmt ") form = formOf(bytes, start, size);
    else if (word(at) === "data") {
      if (!form) throw new Error(`The WAV file is damaged: its sound comes before its format. ${HELP}`);
      // A recorder that did not come to an end has not written the length.
      sound = samplesOf(bytes, start, Math.min(start + size, content.byteLength), form);
    }
    at = (word(at) === "data" ? Math.min(start + size, content.byteLength) : start + size) + (size % 2);
  }
  if (!sound) throw new Error(`The WAV file is cut off: there is no sound in it. ${HELP}`);
  return sound;
}

/**
 * @param {DataView} bytes
 * @param {number} start
 * @param {number} size
 * @returns {Form}
 */
function formOf(bytes, start, size) {
  if (size < 16 || start + Math.min(size, 40) > bytes.byteLength) {
    throw new Error(`The WAV file is damaged: its format takes ${size} bytes. ${HELP}`);
  }
  let code = bytes.getUint16(start, true);
  if (code === EXTENSIBLE && size >= 40 && GUID.every((value, i) => bytes.getUint8(start + 28 + i) === value)) {
    code = bytes.getUint32(start + 24, true);
  }
  const form = {
    code, channels: bytes.getUint16(start + 2, true), rate: bytes.getUint32(start + 4, true),
    block: bytes.getUint16(start + 12, true), bits: bytes.getUint16(start + 14, true),
  };
  if (code === PCM && bytes.getUint32(start + 8, true) !== form.rate * form.block) {
    throw new Error(`The WAV file is damaged: its header contradicts itself. ${HELP}`);
  }
  return form;
}

/**
 * What reads one sample; undefined for what is none that we know.
 * @param {DataView} bytes
 * @param {Form} form
 * @param {number} size bytes of a sample
 * @returns {((at: number) => number) | undefined}
 */
function readerOf(bytes, { code, bits }, size) {
  if (code === PCM && bits >= 1 && bits <= 8) return (at) => bytes.getUint8(at) / 128 - 1;
  if (code === PCM && ([3, 5, 6, 7].includes(size) || (size >= 1 && size <= 8 && bits <= 64))) {
    return (at) => {
      let value = bytes.getInt8(at + size - 1);
      for (let i = size - 2; i >= 0; i -= 1) value = 256 * value + bytes.getUint8(at + i);
      return value / 2 ** (8 * size - 1);
    };
  }
  if (code !== FLOAT || (bits !== 32 && bits !== 64)) return undefined;
  if (size === 4) return (at) => bytes.getFloat32(at, true);
  return size === 8 ? (at) => bytes.getFloat64(at, true) : undefined;
}

/**
 * @param {DataView} bytes
 * @param {number} start
 * @param {number} end
 * @param {Form} form
 * @returns {Sound}
 */
function samplesOf(bytes, start, end, form) {
  const { code, channels, rate, block, bits } = form;
  const size = code === PCM && bits >= 1 && bits <= 8 ? 1 : Math.floor(block / channels);
  const read = readerOf(bytes, form, size);
  if (!read || !channels) {
    throw new Error(
      `The WAV file has ${channels} channels of ${bits} bits in format ${code}. Expected are whole numbers of 8, 16, 24 or 32 bits, or floats.`,
    );
  }
  const step = size * channels;
  if ((end - start) % step) throw new Error(`The WAV file is cut off within a sample. ${HELP}`);
  const count = (end - start) / step;
  if (!count) throw new Error("The WAV file holds no sound. Record it again.");
  if (rate < 8000 || rate > MOST_SAMPLES_PER_SECOND) {
    throw new Error(`The WAV file has ${rate} samples a second; expected 8,000 to 192,000.`);
  }
  if (count / rate > LONGEST_FILE) {
    throw new Error(`The recording lasts ${(count / rate).toFixed(1)} seconds; expected at most ${LONGEST_FILE}, with one word in them.`);
  }
  const found = Array.from({ length: channels }, (_, c) =>
    Float64Array.from({ length: count }, (__, i) => read(start + i * step + c * size)));
  if (!found.every((values) => values.every(Number.isFinite))) {
    throw new Error("The WAV file holds a number that is not finite. Save it again as 16-bit PCM.");
  }
  return { rate, channels: found };
}

/** @param {number} x the modified Bessel function of order 0, from its series */
function bessel(x) {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-17 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** @param {number} a @param {number} b @returns {number} */
const divisor = (a, b) => (b ? divisor(b, a % b) : a);

/**
 * The same sound at another rate: what is too high for it is filtered out. scipy.signal.resample_poly.
 * @param {Float64Array} samples
 * @param {number} from samples a second
 * @param {number} to samples a second
 */
export function resampled(samples, from, to) {
  if (from === to) return samples;
  const up = to / divisor(from, to);
  const down = from / divisor(from, to);
  const most = Math.max(up, down);
  const reach = HALF * most;
  // A sine, cut off by a window of Kaiser; symmetric, so one half is enough.
  const taps = Float64Array.from({ length: reach + 1 }, (_, i) => {
    const sine = i ? Math.sin((Math.PI * i) / most) / ((Math.PI * i) / most) : 1;
    return sine * bessel(BETA * Math.sqrt(1 - (i / reach) ** 2));
  });
  const sum = taps.reduce((total, value, i) => total + (i ? 2 : 1) * value, 0);
  return Float64Array.from({ length: Math.ceil((samples.length * up) / down) }, (_, n) => {
    const last = Math.min(samples.length - 1, Math.floor((n * down + reach) / up));
    let value = 0;
    for (let i = Math.max(0, Math.ceil((n * down - reach) / up)); i <= last; i += 1) {
      value += taps[Math.abs(n * down - i * up)] * samples[i];
    }
    return (up * value) / sum;
  });
}

/** @param {Float64Array} samples */
const loudest = (samples) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/** @param {Float64Array} samples */
const energy = (samples) => samples.reduce((sum, value) => sum + value * value, 0);

/**
 * The one word of a recording, as the data set would hold it: of the loudest channel, without the
 * silence around it, as loud as those that the model has learned from.
 * @param {Sound} sound
 * @param {number} rate of the data set
 * @param {number} peak the largest sample of a word there
 */
export function wordOf({ rate: from, channels }, rate, peak) {
  const channel = channels.reduce((best, one) => (energy(one) > energy(best) ? one : best));
  if (loudest(channel) < MUTED) {
    throw new Error("The recording is silent. Is the microphone switched on, and the right one?");
  }
  const full = channel.map((value) => Number(Math.abs(value) >= FULL));
  const clipped = full.reduce((sum, value, i) => sum + value * (full[i + 1] ?? 0) * (full[i + 2] ?? 0), 0);
  if (clipped > 0.001 * channel.length) {
    throw new Error("The recording is clipped: much of it is as loud as the file can hold. Record it again, further from the microphone or with a lower level.");
  }
  const fits = (/** @type {number} */ value) => Math.fround(Math.max(-1, Math.min(1, value)));
  const kept = trimmed(resampled(channel, from, rate).map(fits), rate);
  const seconds = kept.length / rate;
  if (seconds < SHORTEST_WORD || seconds > LONGEST_WORD) {
    throw new Error(`The recording holds ${seconds.toFixed(2)} seconds of sound; expected ${SHORTEST_WORD} to ${LONGEST_WORD}. Say one digit, without a pause, in a quiet room.`);
  }
  const scale = Math.fround(peak / loudest(kept));
  return kept.map((value) => Math.round(32_767 * Math.fround(value * scale)) / 2 ** 15); // 16 bits, as there
}

/**
 * What is left without the silence before the first and behind the last sound.
 * @param {Float64Array} samples
 * @param {number} rate
 */
export function trimmed(samples, rate) {
  const hop = Math.round(0.01 * rate);
  const loud = Array.from({ length: Math.ceil(samples.length / hop) }, (_, i) =>
    Math.sqrt(energy(samples.subarray(i * hop, (i + 1) * hop)) / hop));
  const least = QUIET * Math.max(...loud);
  const heard = loud.map((value) => value >= least);
  const first = Math.max(0, heard.indexOf(true) - AROUND);
  return samples.slice(first * hop, (heard.lastIndexOf(true) + 1 + AROUND) * hop);
}
