// The theme lets the keyboard into what is wider than its place, but looks for it only when the
// page loads or its size changes. What was folded away has another width then: look again.
document.addEventListener("click", () => window.dispatchEvent(new Event("resize")));
