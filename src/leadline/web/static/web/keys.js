// Keys: / to search, j and k in lists, Enter to open, ? for all of them, g and a letter to go somewhere.

const ROOMS = { t: "today", f: "funnel", l: "leaks", c: "contacts", b: "board", o: "companies" };
let going = 0;

const busy = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
const shown = (item) => item.getClientRects().length > 0;

function items() {
  const list = [...document.querySelectorAll("[data-list]")].find(shown);
  if (!list) return [];
  const marked = list.querySelectorAll("[data-item]");
  return [...(marked.length ? marked : list.matches("table") ? list.querySelectorAll("tbody > tr") : list.children)].filter(shown);
}

function move(by) {
  const all = items();
  if (!all.length) return;
  const at = all.findIndex((item) => item.classList.contains("here"));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
  all[at]?.classList.remove("here");
  next.classList.add("here");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function open() {
  const here = items().find((item) => item.classList.contains("here"));
  if (!here || document.activeElement !== here) return false;
  (here.matches("a") ? here : here.querySelector("[data-open], a[href], button"))?.click();
  return true;
}

function search() {
  const field = [...document.querySelectorAll("main input[type=search], main [data-search-here]")].find(shown);
  if (field) field.focus();
  else document.dispatchEvent(new CustomEvent("leadline:palette"));
}

function go(letter) {
  const room = document.querySelector(`[data-room="${ROOMS[letter]}"]`);
  if (room) location.assign(room.href);
  return Boolean(room);
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog && !dialog.open) dialog.showModal();
}

const DO = { j: () => move(1), k: () => move(-1), "/": search, "?": showKeys };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  if (going && Date.now() - going < 1500 && event.key in ROOMS) {
    going = 0;
    if (go(event.key)) event.preventDefault();
    return;
  }
  going = event.key === "g" ? Date.now() : 0;
  if (event.key in DO) {
    event.preventDefault();
    DO[event.key]();
  } else if (event.key === "Enter" && open()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys]")) return;
  document.querySelectorAll("[popover]").forEach((one) => one.matches(":popover-open") && one.hidePopover());
  showKeys();
});
