// What every page does: its look, its keys, the palette, words with what they mean, messages that can be closed.

import "./drafts.js";
import "./theme.js";
import "./keys.js";
import "./palette.js";
import "./means.js";

document.addEventListener("click", (event) => {
  event.target.closest("[data-shut]")?.closest(".toast")?.remove();
});

// A message that is good news leaves by itself, later if it offers something to do, and never while one is at it.
function fade(toast) {
  if (!toast.matches?.(".toast:not(.bad)") || toast.dataset.seen) return;
  toast.dataset.seen = "yes";
  const wait = toast.querySelector("a, form, .btn") ? 15_000 : 7_000;
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2_000) : toast.remove());
  setTimeout(leave, wait);
}

const toasts = document.getElementById("toasts");
if (toasts) {
  [...toasts.children].forEach(fade);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(fade))).observe(toasts, { childList: true });
}

// what has been undone needs no word any more
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) event.target.closest?.("form[data-undo]")?.closest(".toast")?.remove();
});

function warn(words) {
  const part = document.createElement("div");
  part.className = "toast bad";
  part.setAttribute("role", "alert");
  part.textContent = words;
  toasts?.append(part);
  setTimeout(() => part.remove(), 10_000);
}

document.addEventListener("htmx:sendError", () => {
  warn("Leadline can’t be reached. Nothing was changed; try again in a moment.");
});

// A passkey that is missing, or whose question was closed, says so nowhere else.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  warn("No passkey was used: this device has none for here, or its question was closed. Try again, or take another way in.");
});

// On a narrow page the tab one is on may stand out of sight.
for (const tabs of document.querySelectorAll(".tabs")) {
  const here = tabs.querySelector("[aria-current]");
  if (here) tabs.scrollLeft = here.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
}

// What scrolls sideways can be reached by key, and only then.
function reach() {
  for (const one of document.querySelectorAll(".scroll-x")) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}
reach();
window.addEventListener("resize", reach);
document.addEventListener("htmx:afterSettle", reach);
