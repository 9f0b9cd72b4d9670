// Sound that starts when the reader asks for it, and what happens meanwhile.

/** @type {AudioContext | undefined} one for all figures of a page: browsers allow few */
let shared;
/** Milliseconds after which the pictures begin, with sound or without. */
const PATIENCE = 300;

/**
 * @typedef {object} Playing
 * @property {(seconds: number) => void} tick called for each picture, with the place in the sound
 * @property {() => void} ended called once, at the end or when it was stopped
 */

/** Plays one sound at a time. */
export function player() {
  /** @type {(() => void) | undefined} */
  let stopNow;

  return {
    playing: () => stopNow !== undefined,
    stop: () => stopNow?.(),

    /**
     * Play a sound. Where the machine cannot, the pictures go on without it.
     * @param {Float64Array} samples
     * @param {number} rate samples a second
     * @param {number} speed 1 as it was recorded
     * @param {Playing} events
     */
    play(samples, rate, speed, { tick, ended }) {
      stopNow?.();
      const seconds = samples.length / rate;
      const sound = sounding(samples, rate, speed);
      let over = false;
      let start = 0;
      const finish = () => {
        if (over) return;
        over = true;
        stopNow = undefined;
        sound?.stop();
        ended();
      };
      stopNow = finish;
      const next = () => {
        if (over) return;
        const at = ((performance.now() - start) / 1000) * speed;
        if (at >= seconds) finish();
        else {
          tick(at);
          requestAnimationFrame(next);
        }
      };
      const begin = () => {
        if (over || start) return;
        start = performance.now();
        sound?.start();
        next();
      };
      // A machine without a loudspeaker may never be ready.
      window.setTimeout(begin, sound ? PATIENCE : 0);
      sound?.ready.then(begin, begin);
    },
  };
}

/**
 * @param {Float64Array} samples
 * @param {number} rate
 * @param {number} speed
 */
function sounding(samples, rate, speed) {
  try {
    shared ??= new AudioContext();
    const buffer = shared.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(Float32Array.from(samples), 0);
    const source = shared.createBufferSource();
    source.buffer = buffer;
    source.playbackRate.value = speed;
    source.connect(shared.destination);
    return { ready: shared.resume(), start: () => source.start(), stop: () => source.disconnect() };
  } catch {
    return undefined;
  }
}
