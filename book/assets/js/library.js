// The cells for whoever writes a figure, or types in the console of the browser.

import { backpropagate } from "./backward.js";
import { gru, logistic, logits, lstm, matrix, run, simpleRNN, softmax } from "./cells.js";
import { chordReader, notesOf, surprise, synthesised } from "./chorales.js";
import { memory, symbols } from "./race.js";
import { reviewReader, tokenise, typedWords, verdict } from "./reviews.js";
import { decided, digitListener, logMel, wordFrames } from "./spoken.js";
import { leak } from "./splits.js";
import { readWav, resampled, trimmed, wordOf } from "./wav.js";
import { fromFloat16, loadModel, readModel } from "./weights.js";
import { intoWindow } from "./windows.js";
import { characterWriter, fallsOn, heated, topP } from "./writer.js";

Object.assign(globalThis, {
  gruCourse: {
    gru, logistic, logits, lstm, matrix, run, simpleRNN, softmax, backpropagate,
    fromFloat16, loadModel, readModel, intoWindow, reviewReader, tokenise, typedWords, verdict,
    memory, symbols, leak, characterWriter, fallsOn, heated, topP,
    chordReader, notesOf, surprise, synthesised,
    decided, digitListener, logMel, wordFrames, readWav, resampled, trimmed, wordOf,
  },
});
