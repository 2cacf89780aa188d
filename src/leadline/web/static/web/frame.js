// What every page does: its look, its keys, the palette, words with what they mean, messages that can be closed.

import "./theme.js";
import "./keys.js";
import "./palette.js";
import "./means.js";

document.addEventListener("click", (event) => {
  event.target.closest("[data-shut]")?.closest(".toast")?.remove();
});

document.addEventListener("htmx:sendError", () => {
  const part = document.createElement("div");
  part.className = "toast bad";
  part.setAttribute("role", "alert");
  part.textContent = "Leadline can’t be reached. Nothing was changed; try again in a moment.";
  document.getElementById("toasts")?.append(part);
  setTimeout(() => part.remove(), 10_000);
});
