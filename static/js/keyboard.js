// "/" goes to the search field, as on other boards; Escape leaves it.
function isTyping(element) {
  return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
}

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-search]");
    if (!field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape" && event.target === field) {
      field.blur();
    }
  });
}
