// Weights of trained models, from scripts that stand beside the page: under file:// a page may not
// fetch a file, but it may load a script. book/_ext/weight_scripts.py writes them. Texts that belong
// to a model, such as its words, come with them and count in the digest.

import { element } from "./live.js";

/** @typedef {import("./cells.js").Matrix} Matrix */

/**
 * @typedef {object} Stored
 * @property {number} format
 * @property {Record<string, string>} provenance which notebook trained it, when, from what
 * @property {string} sha256 of the names, kinds and shapes, and of all bytes in this order
 * @property {{name: string, kind: "float16" | "float32" | "utf8", shape: [number, number],
 *   base64: string}[]} arrays
 */

/**
 * @typedef {object} Model
 * @property {Record<string, Matrix>} arrays
 * @property {Record<string, string>} texts
 * @property {Record<string, string>} provenance
 * @property {string} sha256
 */

const BYTES = { float16: 2, float32: 4, utf8: 1 };

/**
 * The number that 16 bits stand for.
 * @param {number} bits
 */
export function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Read a stored model, and refuse one that is damaged or not the one that was asked for.
 * @param {Stored} stored
 * @param {string} [expected] the digest that the page was written for
 * @returns {Promise<Model>}
 */
export async function readModel(stored, expected) {
  if (stored?.format !== 1 || !Array.isArray(stored.arrays)) {
    throw new Error("The weights are not in the format that this page reads. Load the page anew.");
  }
  const bytes = stored.arrays.map(({ name, kind, shape, base64 }) => {
    let text;
    try {
      text = atob(base64);
    } catch {
      throw new Error(`The weights "${name}" are damaged: they are no base64. Build the book anew.`);
    }
    const size = (BYTES[kind] ?? NaN) * shape[0] * shape[1];
    if (text.length !== size) {
      throw new Error(
        `The weights "${name}" have ${text.length} bytes; expected ${size}. Build the book anew.`,
      );
    }
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  });
  const head = JSON.stringify(stored.arrays.map(({ name, kind, shape }) => [name, kind, shape]));
  const digest = await sha256([new TextEncoder().encode(head), ...bytes]);
  if (digest !== stored.sha256) {
    throw new Error("The weights do not have the digest they were stored with. Build the book anew.");
  }
  if (expected !== undefined && digest !== expected) {
    throw new Error("These are the weights of another model. Build the book anew.");
  }
  /** @type {Record<string, Matrix>} */
  const arrays = {};
  /** @type {Record<string, string>} */
  const texts = {};
  stored.arrays.forEach(({ name, kind, shape: [rows, columns] }, place) => {
    if (kind === "utf8") {
      texts[name] = new TextDecoder().decode(bytes[place]);
      return;
    }
    const view = new DataView(bytes[place].buffer);
    const data = Float64Array.from({ length: rows * columns }, (_, i) =>
      kind === "float16" ? fromFloat16(view.getUint16(2 * i, true)) : view.getFloat32(4 * i, true),
    );
    if (!data.every(Number.isFinite)) {
      throw new Error(`The weights "${name}" hold a number that is not finite.`);
    }
    arrays[name] = { rows, columns, data };
  });
  return { arrays, texts, provenance: stored.provenance, sha256: digest };
}

/**
 * Load a model by the script that holds it.
 * @param {string} address of the script
 * @param {string} name under which the script stores the model
 * @param {string} [expected] its digest
 * @returns {Promise<Model>}
 */
export async function loadModel(address, name, expected) {
  const there = () => /** @type {any} */ (globalThis).gruCourseWeights?.[name];
  if (!there()) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error(`The weights "${name}" are not there: ${address}`));
      document.head.append(script);
    });
  }
  return readModel(there(), expected);
}

/**
 * Start the figures of a name with the weights that stand beside their script, or say why each stays
 * as it is. To be called while the script runs.
 * @param {string} name
 * @param {(figure: HTMLElement, model: Model) => void} start
 */
export function startTrained(name, start) {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const weights = new URL(`${name}-weights.js`, script.src).href;
  for (const one of document.querySelectorAll(`[data-live="${name}"]`)) {
    const figure = /** @type {HTMLElement} */ (one);
    const { sha256 = "" } = figure.dataset;
    // The digest in the address keeps a browser from giving those of an earlier edition.
    loadModel(`${weights}?v=${sha256.slice(0, 16)}`, name, sha256).then(
      (model) => start(figure, model),
      (error) => figure.append(
        element("p", { role: "alert" }, `This figure stays a picture. ${error.message}`)),
    );
  }
}

/** @param {BlobPart[]} parts */
async function sha256(parts) {
  if (!globalThis.crypto?.subtle) {
    throw new Error("This browser cannot check the weights of a page that is opened like this.");
  }
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
