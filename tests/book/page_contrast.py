"""Contrast of texts about which axe cannot decide, measured in the pixels of the page.

axe calls a text "incomplete" when something may lie over or under it, when it has exactly the
colour of its ground, or when it is a single sign. Each of these is a question, and here is the
answer: the colour of the text as it is shown, against the ground as it is shown without the text.
"""

import io

import numpy as np
from PIL import Image

# How much contrast a text needs, and what gives it its colour and its ground, as one string: texts
# of which that is the same look alike, wherever they stand.
LOOKS = """(text) => {
  const own = getComputedStyle(text), size = parseFloat(own.fontSize);
  const large = size >= 24 || (size >= 18.66 && parseInt(own.fontWeight) >= 700);
  let looks = own.color + ' ' + own.webkitTextFillColor;
  for (let e = text; e; e = e.parentElement) {
    const s = getComputedStyle(e);
    const ground = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode];
    const said = ground.join(' ');
    if (said !== 'rgba(0, 0, 0, 0) none 1 none normal') looks += ' on ' + said;
  }
  return [large ? 3 : 4.5, looks];
}"""
# Of the texts that look alike in places of the same kind, one stands for all; the colour of a
# formula is that of all its signs.
MARK = "data-one-of-a-kind"
MARK_ONE_OF_EACH_KIND = f"""() => {{
  const looksOf = {LOOKS};
  const placeOf = (text) => {{
    let path = '';
    for (let e = text.closest('math') ?? text; e; e = e.parentElement)
      path += ' in ' + e.tagName + '.' + e.className;
    return path;
  }};
  const seen = new Set();
  for (const e of document.body.querySelectorAll('*')) {{
    e.removeAttribute('{MARK}');
    const text = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!text || !e.checkVisibility()) continue;
    const kind = looksOf(e).join(' ') + placeOf(e);
    if (!seen.has(kind)) e.setAttribute('{MARK}', '');
    seen.add(kind);
  }}
}}"""
# Where its letters are in the window, in whole pixels, once the text has been brought there.
BOXES = """(text) => {
  text.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
  const rects = [...text.childNodes].flatMap((node) => {
    if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) return [];
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()];
  });
  // The box of a formula's operator is flatter than its line.
  const own = text.getBoundingClientRect();
  const whole = (r) => [
    Math.ceil(Math.max(r.left, own.left, 0)), Math.ceil(Math.max(r.top, own.top, 0)),
    Math.floor(Math.min(r.right, own.right, innerWidth)),
    Math.floor(Math.min(r.bottom, own.bottom, innerHeight))];
  return rects.map(whole).filter(([left, top, right, bottom]) => left < right && top < bottom);
}"""
SOLID = "background: currentColor !important"
GONE = "color: transparent !important; -webkit-text-fill-color: transparent !important; "
GONE += "text-shadow: none !important"
# In these cases the answer depends on the looks alone; in the others also on what is near.
ALIKE = {"equalRatio", "nonBmp", "shortTextContent"}
WORST_PART = 0.05  # a ground may vary under a text: the worst twentieth decides


def luminance(pixels):
    """Give the relative luminance of WCAG for sRGB pixels, shape (..., 3), 0 to 255."""
    value = np.asarray(pixels, dtype=float) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def ratio(pixels, others):
    """Give the contrast of WCAG, 1 to 21, pixel by pixel."""
    first, second = luminance(pixels) + 0.05, luminance(others) + 0.05
    return np.maximum(first, second) / np.minimum(first, second)


def shown_contrast(page, element):
    """Measure the contrast of a text as shown; 1 if it cannot be seen at all."""
    ratios = [
        ratio(*(pixels(page, element, style, box) for style in (SOLID, GONE))).ravel()
        for box in element.evaluate(BOXES)
    ]
    return float(np.quantile(np.concatenate(ratios), WORST_PART)) if ratios else 1.0


def pixels(page, element, style, box):
    """Take a picture of a place in the window while an element has another style."""
    left, top, right, bottom = box
    before = element.get_attribute("style") or ""
    element.evaluate("(text, style) => text.setAttribute('style', style)", f"{before}; {style}")
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    picture = page.screenshot(clip=clip)
    element.evaluate("(text, style) => text.setAttribute('style', style)", before)
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def undecided_contrast(page, nodes, measured):
    """Answer what axe left open.

    ``nodes`` are axe's, of its rule ``color-contrast``; ``measured`` keeps the answers, so that
    what looks alike is measured once.
    """
    found = []
    for node in nodes:
        element = page.locator(node["target"][0]).first
        why = ((node["any"] or node["none"])[0]["data"] or {}).get("messageKey")
        needed, looks = element.evaluate(LOOKS)
        if why not in ALIKE or looks not in measured:
            measured[looks] = shown_contrast(page, element)
        if measured[looks] < needed:
            found.append(
                f"color-contrast: {measured[looks]:.2f} in the pixels, needed {needed} "
                f"(axe: {why}): {node['html'][:140]}"
            )
    return found
