// The text of a funnel: Tab indents while the text has been changed by hand; Escape first lets Tab leave.

for (const text of document.querySelectorAll("textarea[data-indent]")) {
  let leaving = true;
  text.addEventListener("input", () => { leaving = false; });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leaving = true; return; }
    if (event.key !== "Tab" || event.shiftKey || leaving) return;
    event.preventDefault();
    text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Whoever leaves with words that were not kept is asked first.
for (const form of document.querySelectorAll("form:has(textarea[data-indent])")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
