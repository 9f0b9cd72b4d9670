// Starts a deck: light or dark, and whatever is too large for its slide is set smaller.
"use strict";
(() => {
  const [WIDTH, HEIGHT, SMALLEST] = [1280, 720, 0.6];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const dress = (/** @type {boolean} */ isDark) => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  };
  dress(dark.matches);
  dark.addEventListener("change", () => dress(dark.matches));

  const fit = (/** @type {HTMLElement} */ slide) => {
    const key = /** @type {HTMLElement | null} */ (slide.querySelector(".key"));
    if (!key || key.style.zoom) return;
    for (let zoom = 1; zoom >= SMALLEST; zoom -= 0.05) {
      key.style.zoom = String(zoom);
      if (slide.scrollHeight <= HEIGHT && slide.scrollWidth <= WIDTH) return;
    }
  };
  const { Reveal, RevealNotes } = /** @type {any} */ (window);
  Reveal.on("slidechanged", (/** @type {any} */ event) => fit(event.currentSlide));
  Reveal.on("ready", (/** @type {any} */ event) => fit(event.currentSlide));
  addEventListener("load", () => fit(Reveal.getCurrentSlide()));
  Reveal.initialize({
    width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: "c/t",
    transition: "none", backgroundTransition: "none", plugins: [RevealNotes],
    keyboard: { 68: () => dress(document.documentElement.dataset.theme !== "dark") },
  });
})();
