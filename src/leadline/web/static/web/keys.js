// Keys: / to search, j and k in lists, Enter to open, ? for all of them, g and a letter to go somewhere.

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
  const room = document.querySelector(`[data-go="${CSS.escape(letter)}"]`);
  if (room) location.assign(room.href);
  return Boolean(room);
}

function key(letter) {
  const drawn = document.createElement("kbd");
  drawn.textContent = letter;
  return drawn;
}

// What a part of the dialog lists: pairs of the keys that are pressed, and what they do; none, and it is away.
function list(id, pairs) {
  const place = document.getElementById(id);
  place.hidden = !pairs.length;
  place.querySelector("dl").replaceChildren(...pairs.flatMap(([pressed, does]) => {
    const [term, said] = [document.createElement("dt"), document.createElement("dd")];
    term.append(...pressed);
    said.textContent = does;
    return [term, said];
  }));
}

function words(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((one) => one.remove());
  return copy.textContent.trim();
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  const rooms = [...document.querySelectorAll("[data-go]")].filter((one) => one.dataset.go);
  list("keys-rooms", rooms.map((one) => [[key("g"), " ", key(one.dataset.go)], words(one)]));
  const here = new Map();
  for (const one of document.querySelectorAll("[data-key]")) if (!here.has(one.dataset.key)) here.set(one.dataset.key, words(one));
  list("keys-here", [...here].map(([letters, does]) => [letters.split(" ").flatMap((one) => [key(one), " "]), does]));
  dialog.showModal();
}

function undo() {
  [...document.querySelectorAll(".toast form[data-undo] button")].at(-1)?.click();
}

// What is logged at one press, by its number: in a field only as long as nothing is typed there.
function press(event) {
  const into = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (!/^[1-9]$/.test(event.key) || (into && (into.value || !into.matches("[data-finds]")))) return false;
  const place = document.querySelector("dialog[open] [data-numbered], details[open] [data-numbered]");
  if (!place) return false;
  const button = place.querySelectorAll("button")[event.key - 1];
  button?.click();
  return Boolean(button);
}

const DO = { j: () => move(1), k: () => move(-1), u: undo, "/": search, "?": showKeys };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (press(event)) return event.preventDefault();
  if (busy(event.target)) return;
  if (going && Date.now() - going < 1500 && go(event.key)) {
    going = 0;
    return event.preventDefault();
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
