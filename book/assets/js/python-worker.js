// What runs in the worker of a page: Pyodide, made of parts that the page sends, and one cell after
// the other. Nothing is fetched: whatever asks for a file gets it from these parts, or an error.

/** @type {any} */
const own = globalThis;
/** @type {any} */
let session = null;

/**
 * Unpack a part: gzip, written as base64.
 * @param {string} packed
 */
async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/**
 * @param {Record<string, string>} parts the files of Pyodide and course.json, packed
 * @param {string} lesson such as "01"
 * @param {string[]} passed exercises that have passed before
 */
async function start(parts, lesson, passed) {
  /** @type {Record<string, ArrayBuffer>} */
  const whole = {};
  await Promise.all(
    Object.entries(parts).map(async ([name, packed]) => { whole[name] = await unpacked(packed); }),
  );
  const text = (/** @type {string} */ name) => new TextDecoder().decode(whole[name]);
  own.fetch = async (/** @type {any} */ asked) => {
    const name = new URL(asked.url ?? asked).pathname.split("/").pop() ?? "";
    if (!(name in whole)) throw new TypeError(`${name} is not in this page, and nothing is fetched.`);
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(whole[name], { headers: { "Content-Type": type } });
  };
  for (const script of ["pyodide.js", "pyodide.asm.js"]) (0, eval)(text(script));
  const python = await own.loadPyodide({
    indexURL: "https://page.invalid/",
    lockFileContents: JSON.parse(text("pyodide-lock.json")),
  });
  const course = JSON.parse(text("course.json"));
  for (const [path, content] of Object.entries(course.files)) {
    python.FS.mkdirTree(`/course/${path}`.replace(/\/[^/]*$/, ""));
    python.FS.writeFile(`/course/${path}`, content);
  }
  python.runPython("import sys; sys.path.insert(0, '/course')");
  session = python.pyimport("session");
  session.start(course.setups[lesson], JSON.stringify(passed));
}

own.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  try {
    if (data.parts) {
      await start(data.parts, data.lesson, data.passed);
      own.postMessage({ ready: true });
    } else {
      own.postMessage(JSON.parse(session[data.what](...data.given)));
    }
  } catch (error) {
    own.postMessage({ failed: String(error) });
  }
};
