// Shows the <title> of a part of a chart at once, beside the pointer, in place of the browser's
// own slow tooltip.
const MARGIN = 12;

function place(tip, x, y) {
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(MARGIN, x - width / 2), innerWidth - width - MARGIN);
  const above = y - height - MARGIN;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 0 ? above : y + MARGIN * 1.5}px`;
}

function words(part) {
  const title = part.querySelector(":scope > title");
  if (title) {
    part.dataset.tip = title.textContent;
    title.remove();
  }
  return part.dataset.tip;
}

export function startTips() {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  document.addEventListener("pointermove", (event) => {
    const part = event.target.closest?.("[data-tips] rect");
    const text = part && words(part);
    tip.hidden = !text;
    if (text) {
      tip.textContent = text;
      place(tip, event.clientX, event.clientY);
    }
  });
  document.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
}
