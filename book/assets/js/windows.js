// Sequences of unequal length become rows of one array, as keras.utils.pad_sequences does it.

/**
 * @template T
 * @param {T[]} sequence
 * @param {number} length of every row
 * @param {"pre" | "post"} padding where the filler stands
 * @param {"pre" | "post"} truncating which end is cut
 * @returns {{row: (T | null)[], kept: [number, number]}} the row, null where there is filler, and
 *   from where to where the sequence is kept
 */
export function intoWindow(sequence, length, padding, truncating) {
  const surplus = Math.max(0, sequence.length - length);
  const start = truncating === "pre" ? surplus : 0;
  const end = truncating === "pre" ? sequence.length : sequence.length - surplus;
  const kept = sequence.slice(start, end);
  /** @type {(T | null)[]} */
  const filler = Array(length - kept.length).fill(null);
  return { row: padding === "pre" ? [...filler, ...kept] : [...kept, ...filler], kept: [start, end] };
}
