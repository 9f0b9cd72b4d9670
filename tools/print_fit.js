// Sets smaller what is wider than the paper, and lists what then still does not fit or is missing.
(async () => {
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
  const name = (element) =>
    `${element.closest("[id]")?.id}: <${element.localName}> ${element.textContent.trim().slice(0, 60)}`;
  const room = document.documentElement.clientWidth;
  const over = (element) => element.getBoundingClientRect().right - room;
  for (const element of document.querySelectorAll("article :is(table, div.math-block, .with-mark, math)")) {
    const box = element.getBoundingClientRect();
    const wide = Math.max(box.width, element.scrollWidth);
    if (box.left + wide > room + 1) element.style.zoom = Math.max(0.5, (room - box.left) / wide);
  }
  const found = [];
  for (const element of document.querySelectorAll("article *")) {
    if (over(element) > 2 && ![...element.children].some((child) => over(child) > 2)) {
      found.push(`${Math.round(over(element))} px too wide, ${name(element)}`);
    }
  }
  for (const image of document.images) {
    if (image.naturalWidth === 0) found.push(`missing picture, ${image.alt}`);
  }
  return found;
})()
