// Forms in a dialog, one key for what a line offers, cards that are dropped to say what happened.
// What a form changes is shown in place (htmx puts the new content where the old was): so nothing is held here.

const find = (id) => document.getElementById(id);
let came = "";

export function ask(href) {
  const dialog = find("ask-dialog");
  if (!dialog || !window.htmx) return location.assign(href);
  const there = `${href}${href.includes("?") ? "&" : "?"}next=${encodeURIComponent(location.pathname + location.search)}`;
  const body = find("ask-dialog-body");
  if (!dialog.open) body.replaceChildren();
  window.htmx.ajax("GET", there, { target: "#ask-dialog-body", swap: "innerHTML" }).then(() => {
    if (!body.childElementCount) return; // refused: a message says why
    if (!dialog.open) dialog.showModal();
    focusFirst();
  });
}

function focusFirst() {
  const body = find("ask-dialog-body");
  const wrong = body.querySelector("[aria-invalid=true]");
  (wrong ?? body.querySelector("input:not([type=hidden]), select, textarea, button"))?.focus();
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-dialog]");
  const dialog = find("ask-dialog");
  if (link && dialog) {
    event.preventDefault();
    came = link.getAttribute("href");
    ask(came);
  } else if (dialog?.open && (event.target.closest?.("[data-leave]") || event.target === dialog)) {
    event.preventDefault();
    dialog.close();
  }
});

document.addEventListener("change", (event) => {
  // what a choice in the form makes needless is not shown
  if (event.target.matches?.("[data-again]")) ask(`${event.target.dataset.again}${encodeURIComponent(event.target.value)}`);
  if (event.target.matches?.("select[name$=offer]")) fillPrice(event.target);
  if (event.target.matches?.("select[data-submits]")) event.target.form.requestSubmit();
});

// An offer brings its price, unless somebody typed another.
function fillPrice(select) {
  const { amount, currency } = select.form.elements;
  const prices = [...select.options].map((option) => option.dataset.amount);
  const chosen = select.selectedOptions[0];
  if (!amount || !currency || (amount.value && !prices.includes(amount.value))) return;
  amount.value = chosen?.dataset.amount ?? "";
  if (chosen?.dataset.currency) currency.value = chosen.dataset.currency;
}

// After a change in place: on with the line that took the place of the one that was done.
let line = -1;
const lines = () => [...document.querySelectorAll("[data-item]")];
document.addEventListener("htmx:beforeRequest", (event) => {
  const item = event.target.closest?.("[data-item]") ?? document.querySelector("[data-item].here");
  if (event.detail.target?.id === "content") line = lines().indexOf(item);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "ask-dialog-body" && find("ask-dialog")?.open) focusFirst();
  if (event.detail.target?.id !== "content" || line < 0) return;
  const all = lines();
  const next = all[Math.min(line, all.length - 1)];
  line = -1;
  next?.classList.add("here");
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
});

const byKey = (place, key) => place?.querySelector(`[data-key~="${CSS.escape(key)}"]`);
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
  const item = event.target.closest?.("[data-item]") ?? document.querySelector("[data-item].here");
  const first = item || event.key !== event.key.toLowerCase() ? null : byKey(document.querySelector("[data-item]"), event.key);
  const button = byKey(item, event.key) ?? first ?? [...document.querySelectorAll("[data-key]")].find((one) => !one.closest("[data-item]") && one.dataset.key === event.key);
  if (!button) return;
  event.preventDefault();
  button.click();
  if (button.matches("summary")) button.parentElement.querySelector("button")?.focus();
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details.day-log[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// cards: h and l, and arrows, go from column to column; arrows up and down from card to card
const shownColumns = () => [...document.querySelectorAll(".board-column")].filter((one) => one.querySelector(".board-card"));
const cardsOf = (column) => [...column.querySelectorAll(".board-card")];

function neighbour(from, aside, down) {
  const columns = shownColumns();
  const at = columns.indexOf(from?.closest(".board-column"));
  if (!from || at < 0) return columns[0] && cardsOf(columns[0])[0];
  const row = cardsOf(columns[at]).indexOf(from) + down;
  const cards = cardsOf(columns[Math.max(0, Math.min(columns.length - 1, at + aside))]);
  return cards[Math.max(0, Math.min(cards.length - 1, row))];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.querySelector(".board") || event.target.closest?.("input, textarea, select, dialog[open]")) return;
  const from = event.target.closest?.(".board-card") ?? document.querySelector(".board-card.here");
  const aside = { ArrowLeft: -1, h: -1, ArrowRight: 1, l: 1 }[event.key] ?? 0;
  const down = from ? ({ ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0) : 0;
  const to = aside || down ? neighbour(from, aside, down) : null;
  if (!to) return;
  event.preventDefault();
  from?.classList.remove("here");
  to.classList.add("here");
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest", inline: "nearest" });
});

let card = null;
const endDrag = () => document.querySelectorAll(".board-column.over").forEach((one) => one.classList.remove("over"));
document.addEventListener("dragstart", (event) => {
  card = event.target.closest?.(".board-card[data-move]");
  if (!card) return;
  card.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.move);
});
document.addEventListener("dragend", () => {
  card?.classList.remove("dragged");
  endDrag();
  card = null;
});
const columnUnder = (event) => {
  const column = card && event.target.closest?.(".board-column[data-to]");
  return column && column !== card.closest(".board-column") ? column : null;
};
document.addEventListener("dragover", (event) => {
  const column = columnUnder(event);
  endDrag();
  if (!column) return;
  event.preventDefault();
  column.classList.add("over");
});
document.addEventListener("drop", (event) => {
  const column = columnUnder(event);
  if (!column) return;
  event.preventDefault();
  const move = card.dataset.move;
  ask(`${move}${move.includes("?") ? "&" : "?"}to=${encodeURIComponent(column.dataset.to)}`);
});

// a dialog that is shut gives the focus back to what opened it
document.addEventListener(
  "close",
  (event) => {
    if (event.target.id !== "ask-dialog" || !came) return;
    document.querySelector(`a[data-dialog][href="${CSS.escape(came)}"]`)?.focus();
    came = "";
  },
  true,
);
