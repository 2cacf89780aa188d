// Light, dark, or as the device has it. The choice is kept in a cookie, so that the server paints it from the first byte.

const root = document.documentElement;

function choose(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${theme ? 31_536_000 : 0}; SameSite=Lax${secure}`;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-choice] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-choice]")) return;
  event.preventDefault();
  choose(event.submitter?.value ?? "");
});
