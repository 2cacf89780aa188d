// What the pages of contacts do beyond forms: a dialog at a key, kinds found while typing, errors beside their form.

const field = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

function open(button) {
  const dialog = document.getElementById(button.dataset.opens);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const find = dialog.querySelector("[data-finds]");
  if (!find) return;
  find.value = "";
  narrow(find);
  const wanted = button.dataset.kind && shown(find).find((one) => one.querySelector("input").value === button.dataset.kind);
  if (wanted) choose(wanted);
  if (!matchMedia("(pointer: coarse)").matches) find.focus(); // on a phone the keyboard would cover what can be pressed
}

function shown(find) {
  return [...document.getElementById(find.dataset.finds).querySelectorAll("label")].filter((one) => !one.hidden);
}

function narrow(find) {
  const words = find.value.toLowerCase().replaceAll("_", " ").split(" ").filter(Boolean);
  const place = document.getElementById(find.dataset.finds);
  const seen = new Set();
  for (const label of place.querySelectorAll("label")) {
    const kind = label.querySelector("input").value;
    const text = label.textContent.toLowerCase();
    label.hidden = seen.has(kind) && words.length > 0 || !words.every((word) => text.includes(word));
    if (!label.hidden) seen.add(kind);
  }
  for (const group of place.querySelectorAll("fieldset")) group.hidden = group.disabled = !group.querySelector("label:not([hidden])");
  const all = shown(find);
  const nothing = place.querySelector("[data-nothing]");
  nothing.hidden = all.length > 0;
  find.setCustomValidity(all.length ? "" : nothing.textContent);
  const named = (one) => one.querySelector("strong").textContent.toLowerCase().startsWith(words.join(" "));
  choose(words.length ? all.find(named) || all[0] : undefined, place);
}

function choose(label, place) {
  if (!label) {
    for (const one of place.querySelectorAll("input:checked")) one.checked = false;
    place.scrollTop = 0;
    return;
  }
  label.querySelector("input").checked = true;
  label.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("[data-finds]") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const all = shown(event.target);
    const here = all.findIndex((one) => one.querySelector("input").checked);
    if (all.length) choose(all[Math.min(Math.max(here + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1)]);
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(field)) return;
  if (document.querySelector("dialog[open]")) return;
  const button = document.querySelector(`[data-opens][data-key="${CSS.escape(event.key)}"]`);
  if (button) { event.preventDefault(); open(button); }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) open(opener);
  if (event.target.closest("[data-shuts]")) event.target.closest("dialog").close();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-finds]")) narrow(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-ticks]"))
    for (const box of event.target.form.querySelectorAll("input[name=id]")) box.checked = event.target.checked;
});

// htmx lets refused answers be: here they are shown inside the form that was refused.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.target.closest?.("form");
  if (!form?.matches("[hx-swap=none]")) return;
  const place = form.querySelector("[data-errors]");
  if (event.detail.xhr.status >= 400) {
    if (!place) return;
    event.detail.shouldSwap = false;
    const part = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").body.firstElementChild;
    place.textContent = (part?.querySelector("span") ?? part)?.textContent ?? "";
    place.scrollIntoView({ block: "center" });
    return;
  }
  place?.replaceChildren();
  if (form.matches("[data-closes]")) form.closest("dialog").close();
  form.reset();
});
