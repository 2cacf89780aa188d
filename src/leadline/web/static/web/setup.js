// The zone that the browser is set to, unless another has been chosen.

const zone = document.getElementById("id_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone?.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;

for (const choice of document.querySelectorAll(".choice")) {
  choice.addEventListener("click", (event) => {
    if (!event.target.closest("input, label, .means")) choice.querySelector("input").click();
  });
}
