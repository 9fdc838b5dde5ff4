// Copies the command beside the button. The button appears only where copying is possible.
const SHOWN_FOR_MS = 1600;

export function startCopy(root = document) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.closest(".snippet").querySelector("code");
      const said = button.querySelector("[data-copy-label]");
      try {
        await navigator.clipboard.writeText(code.textContent.trim());
      } catch {
        getSelection().selectAllChildren(code);
        said.textContent = "Press Ctrl+C to copy";
        return;
      }
      button.dataset.copied = "";
      said.textContent = "Copied";
      setTimeout(() => {
        delete button.dataset.copied;
        said.textContent = "Copy";
      }, SHOWN_FOR_MS);
    });
  }
}
