// The slider of days beside the field of the day: what one says, the other says too.

const day = 86_400_000;
const months = 30;

function start(choice) {
  const date = choice.querySelector("input[type=date]");
  const slider = choice.querySelector("input[type=range]");
  const first = Date.parse(choice.dataset.first);
  if (!date || !slider || Number(slider.max) < 1) return;

  const tell = () => {
    const words = new Date(first + slider.value * day).toLocaleDateString(document.documentElement.lang, {
      dateStyle: "long", timeZone: "UTC",
    });
    slider.setAttribute("aria-valuetext", words);
  };
  const follow = () => {
    date.value = new Date(first + slider.value * day).toISOString().slice(0, 10);
    tell();
  };
  slider.addEventListener("input", follow);
  slider.addEventListener("keydown", (event) => {
    const by = { PageUp: months, PageDown: -months }[event.key];
    if (!by) return;
    event.preventDefault();
    slider.value = Number(slider.value) + by;
    follow();
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  });
  date.addEventListener("change", () => {
    const at = Date.parse(date.value);
    if (!Number.isNaN(at)) slider.value = Math.round((at - first) / day);
    tell();
  });
  tell();
  slider.closest("[hidden]")?.removeAttribute("hidden");
}

const begin = (place) => place.querySelectorAll(".day-choice:not([data-begun])").forEach((choice) => {
  choice.dataset.begun = "";
  start(choice);
});

begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
