// Runs before the first paint, so that a chosen theme does not flash the other one first.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") {
      document.documentElement.dataset.theme = theme;
    }
  } catch {
    // A browser that refuses storage follows the system.
  }
})();
