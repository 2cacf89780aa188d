// What was typed in a form that was sent while one was no longer signed in stands in it again after signing in; so does
// what was sent and got no answer, once its page is opened again. It is kept in this tab alone, for an hour at most, for
// whoever typed it, and goes when it is recorded and on signing out. Passwords, files and what a page hides are never
// kept, nor is anything of the pages of accounts and tokens.

const place = "draft", longest = 3_600_000;
const kept = "textarea, select, input:not([type=hidden], [type=password], [type=file], [autocomplete=one-time-code])";
const secret = /^\/(accounts|tokens|invitation|setup|settings)\//;
const who = document.body.dataset.who ?? "";

function read() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(place));
    return draft && Date.now() - draft.at < longest ? draft : forget();
  } catch {
    return forget();
  }
}

function write(draft) {
  try {
    sessionStorage.setItem(place, JSON.stringify(draft));
  } catch {
    forget(); // no room, or a browser that keeps nothing
  }
}

function forget() {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
  return null;
}

const path = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const fields = (form) => [...form.querySelectorAll(kept)].filter((one) => one.name);
const typed = (one) => (one.matches("textarea") || one.matches("input:not([type=checkbox], [type=radio])")) && one.value.trim();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("form") || form.method !== "post") return;
  const to = path(form);
  if (to.startsWith("/accounts/logout")) forget();
  if (!who || secret.test(to) || form.querySelector("[type=password]") || !fields(form).some(typed)) return;
  const values = fields(form).map((one) => [one.name, one.value, one.matches("[type=checkbox], [type=radio]") ? one.checked : null]);
  write({ to, who, values, page: location.pathname, at: Date.now(), lost: false });
}, true);

// what a part was sent with is recorded where the answer leads nowhere else; what was stopped is kept for when the page
// is loaded anew
document.addEventListener("htmx:afterRequest", (event) => {
  const draft = read();
  if (draft && event.detail.xhr.status === 403) return write({ ...draft, lost: true });
  const leads = event.detail.xhr.getResponseHeader("HX-Redirect");
  if (draft && !draft.lost && event.detail.successful && !leads?.startsWith("/accounts/")) forget();
});

function fill(form, values) {
  const left = [...values];
  for (const one of fields(form)) {
    const ticked = one.matches("[type=checkbox], [type=radio]");
    const at = left.findIndex(([name, value]) => name === one.name && (!ticked || value === one.value));
    if (at < 0) continue;
    const [[, value, checked]] = left.splice(at, 1);
    if (ticked) one.checked = checked;
    else one.value = value;
    if (!ticked && value && one.type !== "search") show(one, form);
  }
}

function show(one, form) {
  for (let up = one.parentElement; up; up = up.parentElement) {
    if (up.matches("details")) up.open = true;
    if (up.matches("dialog") && !up.open) up.showModal();
    if (up === form && !form.closest("dialog, details")) break;
  }
}

function say(words) {
  const part = document.createElement("div");
  part.className = "toast";
  part.textContent = words;
  document.getElementById("toasts")?.append(part);
}

function restore() {
  const draft = read();
  if (!draft?.lost || !who) return;
  if (draft.who !== who) return forget();
  if (draft.page !== location.pathname) return;
  const asks = (one) => fields(one).some((field) => draft.values.some(([name]) => name === field.name));
  const form = [...document.querySelectorAll("form")].find((one) => one.method === "post" && path(one) === draft.to && asks(one));
  if (!form) return;
  fill(form, draft.values);
  forget();
  say(draft.unanswered ? "What you had typed is here again. No answer had come to it: look first whether it is recorded."
    : "What you had typed is here again. It is not recorded yet.");
}

const draft = read();
if (draft && !draft.lost) {
  const came = performance.getEntriesByType("navigation")[0];
  const stopped = came?.responseStatus === 403;
  // what was recorded leads on to a page, and what was refused has a status: a page that came by itself is no answer
  const unanswered = came?.responseStatus === 200 && came.redirectCount === 0;
  if (unanswered && who && !location.pathname.startsWith("/accounts/")) write({ ...draft, lost: true, unanswered });
  else if (!who || stopped || location.pathname.startsWith("/accounts/")) write({ ...draft, lost: true });
  else forget();
}
restore();
document.addEventListener("htmx:afterSettle", restore);
