// The palette: go to a room, find somebody, do something. Opened by Ctrl-K or ⌘K, or by its button.

const dialog = document.getElementById("palette");
const words = document.getElementById("palette-words");
const found = document.getElementById("palette-found");
const said = document.getElementById("palette-said");
let options = [];
let at = 0;
let asked = null;
let looking = Promise.resolve();

// What can be gone to and done stands in the page itself: links of the rooms, and whatever is marked data-do.
function known() {
  const seen = new Set();
  const rooms = [...document.querySelectorAll("[data-room]")].map((link) => ({ name: link.textContent.trim(), hint: "go to", href: link.href }));
  const deeds = [...document.querySelectorAll("[data-do]")].map((deed) => ({ name: deed.dataset.do || deed.textContent.trim(), hint: "do", deed }));
  return [...rooms, ...deeds].filter(({ name }) => !seen.has(name) && seen.add(name));
}

// Without accents and capitals; a word of four letters or more may have one letter wrong, missing, too many, or two swapped.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const fits = (name, text) => plain(text).split(/\s+/).every((word) => plain(name).includes(word) || (word.length > 3 && plain(name).split(/\s+/).some((one) => isNear(one, word))));

function isNear(one, word) {
  let at = 0;
  while (at < word.length && one[at] === word[at]) at += 1;
  const rest = word.slice(at), there = one.slice(at);
  const ways = [[rest.slice(1), there.slice(1)], [rest.slice(1), there], [rest, there.slice(1)]];
  if (rest[0] === there[1] && rest[1] === there[0]) ways.push([rest.slice(2), there.slice(2)]);
  return at > 0 && ways.some(([typed, meant]) => meant.startsWith(typed));
}

function draw(list) {
  options = list;
  at = 0;
  found.replaceChildren(
    ...list.map((one, place) => {
      const row = document.createElement("div");
      row.id = `palette-${place}`;
      row.setAttribute("role", "option");
      const name = document.createElement("span");
      name.className = "truncate";
      name.textContent = one.name;
      const hint = document.createElement("span");
      hint.className = "small muted truncate";
      hint.textContent = one.hint;
      row.append(name, hint);
      row.addEventListener("click", () => take(place));
      return row;
    }),
  );
  mark();
}

function mark() {
  [...found.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
  words.setAttribute("aria-activedescendant", options.length ? `palette-${at}` : "");
  found.children[at]?.scrollIntoView({ block: "nearest" });
}

function take(place) {
  const one = options[place];
  if (!one) return;
  dialog.close();
  if (one.deed) one.deed.click();
  else location.assign(one.href);
}

async function look() {
  const text = words.value.trim();
  const here = known().filter(({ name }) => fits(name, text));
  asked?.abort();
  draw(here);
  said.textContent = text ? "" : "Type a name or an address to find somebody.";
  if (text.length < 2) return;
  asked = new AbortController();
  try {
    const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(text)}`, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const { contacts, companies } = await answer.json();
    draw([...here, ...[...contacts, ...companies].map(({ name, hint, url }) => ({ name, hint, href: url }))]);
    said.textContent = options.length ? `${options.length} found` : "Nothing of that name.";
  } catch (error) {
    if (error.name !== "AbortError") said.textContent = "The search can’t be reached just now.";
  }
}

function open() {
  if (!dialog || dialog.open) return;
  document.querySelectorAll("[popover]").forEach((one) => one.matches(":popover-open") && one.hidePopover());
  words.value = "";
  dialog.showModal();
  words.focus();
  looking = look();
}

if (dialog) {
  words.addEventListener("input", () => {
    looking = look();
  });
  words.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && options.length) {
      event.preventDefault();
      at = (at + by + options.length) % options.length;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      looking.then(() => take(at));
    } else if (event.key === "Escape") {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("leadline:palette", open);
  document.addEventListener("click", (event) => event.target.closest("[data-palette]") && open());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
}
