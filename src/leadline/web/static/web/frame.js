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

// Beside what was asked for: a message under an open dialog would not be seen.
function warn(words) {
  const part = document.createElement("div");
  part.className = "toast bad";
  part.setAttribute("role", "alert");
  part.textContent = words;
  (document.querySelector("dialog[open]") ?? toasts)?.append(part);
  part.scrollIntoView({ block: "nearest" });
  setTimeout(() => part.remove(), 15_000);
  return part;
}

// What was sent may have come there, though no answer came back.
let unanswered = null;
document.addEventListener("htmx:sendError", (event) => {
  unanswered?.remove();
  const looked = event.detail.requestConfig?.verb === "get";
  if (!navigator.onLine) unanswered = warn("You are offline. Nothing was changed, and what you typed is still here.");
  else if (looked) unanswered = warn("Leadline didn’t answer. Try again in a moment.");
  else unanswered = warn("Leadline didn’t answer, so it may be recorded or not. What you typed is still here: look, in another tab, before you send it again.");
});

// What is on its way shows it, and is not sent a second time. A form that answers with a file can be sent again.
const LONGEST = 8_000;
const busy = (form, sent) => (sent ? form.setAttribute("aria-busy", "true") : form.removeAttribute("aria-busy"));
document.addEventListener("htmx:beforeRequest", (event) => event.target.matches?.("form") && busy(event.target, true));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("form")) busy(event.target, false);
  if (event.detail.successful) unanswered?.remove();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.matches("[aria-busy=true]")) return event.preventDefault();
  busy(form, true);
  setTimeout(busy, LONGEST, form, false);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((form) => busy(form, false)));

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
