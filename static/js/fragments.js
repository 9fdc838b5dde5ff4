// After htmx has put a part of a page in place: start what is in it, and say what it shows.
import { startCopy } from "./copy.js";

export function startFragments() {
  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  document.body.append(live);
  document.addEventListener("htmx:afterSettle", (event) => {
    startCopy(event.target);
    const said = event.target.querySelector?.("[data-says]");
    if (said) live.textContent = said.dataset.says;
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });
}
