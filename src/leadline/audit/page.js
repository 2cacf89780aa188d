"use strict";
// Find people in the list as one types; without scripts the list is simply whole.
const field = document.getElementById("find");
if (field) {
  const rows = [...document.querySelectorAll("#everybody tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    document.getElementById("found").textContent = words.length ? `${shown} of ${rows.length}` : "";
  });
}

// On paper everything is open.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
