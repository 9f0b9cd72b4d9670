// The cells for whoever writes a figure, or types in the console of the browser.

import { gru, logistic, logits, lstm, matrix, run, simpleRNN, softmax } from "./cells.js";
import { fromFloat16, loadModel, readModel } from "./weights.js";
import { intoWindow } from "./windows.js";

Object.assign(globalThis, {
  gruCourse: {
    gru, logistic, logits, lstm, matrix, run, simpleRNN, softmax,
    fromFloat16, loadModel, readModel, intoWindow,
  },
});
