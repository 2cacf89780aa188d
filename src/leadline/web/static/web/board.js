// Forms in a dialog, one key for what a line offers, and cards that are dropped to say what happened.

const dialog = document.getElementById("ask-dialog");
const body = document.getElementById("ask-dialog-body");
let came = null;

export function ask(href) {
  if (!dialog || !window.htmx) return location.assign(href);
  came = document.activeElement;
  const there = `${href}${href.includes("?") ? "&" : "?"}next=${encodeURIComponent(location.pathname + location.search)}`;
  window.htmx.ajax("GET", there, { target: body, swap: "innerHTML" }).then(() => {
    if (!dialog.open) dialog.showModal();
    body.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-dialog]");
  if (link && dialog) {
    event.preventDefault();
    ask(link.getAttribute("href"));
  } else if (dialog?.open && (event.target.closest?.("[data-leave]") || event.target === dialog)) {
    event.preventDefault();
    dialog.close();
  }
});
dialog?.addEventListener("close", () => came?.focus?.());

// what a choice in the form makes needless is not shown
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-again]")) ask(`${event.target.dataset.again}${event.target.value}`);
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
  const line = event.target.closest?.("[data-item], .board-card") ?? document.querySelector("[data-item].here");
  const button = (line ?? document).querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button || (!line && event.key === event.key.toLowerCase() && document.querySelector("[data-item]"))) return;
  event.preventDefault();
  button.click();
});

// cards
let card = null;
document.addEventListener("dragstart", (event) => {
  card = event.target.closest?.(".board-card[data-move]");
  if (!card) return;
  card.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.move);
});
document.addEventListener("dragend", () => {
  card?.classList.remove("dragged");
  document.querySelectorAll(".board-column.over").forEach((one) => one.classList.remove("over"));
  card = null;
});
document.addEventListener("dragover", (event) => {
  const column = card && event.target.closest?.(".board-column[data-to]");
  document.querySelectorAll(".board-column.over").forEach((one) => one !== column && one.classList.remove("over"));
  if (!column || column === card.closest(".board-column")) return;
  event.preventDefault();
  column.classList.add("over");
});
document.addEventListener("drop", (event) => {
  const column = card && event.target.closest?.(".board-column[data-to]");
  if (!column || column === card.closest(".board-column")) return;
  event.preventDefault();
  const move = card.dataset.move;
  ask(`${move}${move.includes("?") ? "&" : "?"}to=${encodeURIComponent(column.dataset.to)}`);
});
