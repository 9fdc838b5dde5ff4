// The admin's module: theme, tips, and keys for reviewing. Every key has a link or a button that
// does the same; without this file the pages are whole.
import { startTheme } from "./theme.js";
import { startTips } from "./tips.js";

const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function move(by) {
  const all = rows();
  if (all.length === 0) return;
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = now === -1 ? (by > 0 ? 0 : all.length - 1) : now + by;
  const row = all[Math.min(Math.max(next, 0), all.length - 1)];
  row.querySelector("[data-row-link]").focus();
  row.scrollIntoView({ block: "nearest" });
}

function select() {
  const row = document.activeElement?.closest("[data-row]");
  const box = row?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// Chooses what to do and goes to its reason; nothing is decided by one key.
function choose(key) {
  const choice = document.querySelector(`[data-key="${key}"]`);
  if (!choice || choice.disabled) return false;
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  (document.querySelector("[data-reason]") ?? choice).focus();
  return true;
}

function help() {
  const dialog = document.querySelector("dialog[data-help]");
  if (!dialog) return;
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(typing)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const acts = { j: () => move(1), k: () => move(-1), x: select, "?": help };
    const act = acts[event.key];
    if (act) act();
    else if (!choose(event.key)) return;
    event.preventDefault();
  });
  for (const button of document.querySelectorAll("[data-help-open]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
}

// Reasons that do not go with the chosen action are put away.
function startReasons() {
  const reason = document.querySelector("select[data-reason]");
  if (!reason) return;
  const every = [...reason.options];
  const fit = () => {
    const action = document.querySelector("[data-action]:checked")?.value;
    const fitting = every.filter((option) => {
      const actions = option.dataset.actions;
      return !actions || !action || actions.split(" ").includes(action);
    });
    const chosen = reason.value;
    reason.replaceChildren(...fitting);
    reason.value = fitting.some((option) => option.value === chosen) ? chosen : "";
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-action]")) fit();
  });
  fit();
}

// Boxes that stand for all boxes of their form, and how many are chosen.
function startSelections() {
  const forms = document.querySelectorAll("[data-selection]");
  for (const form of forms) {
    const boxes = [...form.querySelectorAll("input[type=checkbox][data-one]")];
    const all = form.querySelector("input[type=checkbox][data-all]");
    const said = form.querySelector("[data-chosen]");
    const say = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      if (said) said.textContent = chosen ? `${chosen} chosen` : "";
      if (all) {
        all.checked = chosen === boxes.length && chosen > 0;
        all.indeterminate = chosen > 0 && chosen < boxes.length;
      }
    };
    if (all) {
      all.closest("[hidden]")?.removeAttribute("hidden");
      all.addEventListener("change", () => {
        for (const box of boxes) box.checked = all.checked;
        say();
      });
    }
    for (const box of boxes) {
      box.addEventListener("change", () => {
        const days = form.querySelector("[data-scope=days]");
        if (days && box.checked) days.checked = true;
        say();
      });
    }
    say();
  }
}

startTheme();
startTips();
startKeys();
startReasons();
startSelections();
