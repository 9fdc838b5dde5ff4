// A button that goes through system, light and dark, and remembers.
const THEMES = ["system", "light", "dark"];

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(theme) {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Chosen for this page only.
  }
}

export function startTheme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!button) return;
  const label = button.querySelector("[data-theme-label]");
  const say = () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length];
    label.textContent = `Theme: ${current()}. Switch to ${next}`;
    button.title = label.textContent;
  };
  button.addEventListener("click", () => {
    choose(THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length]);
    say();
  });
  button.hidden = false;
  say();
}
