// Puts what a word means where it can be read whole, even from inside of something that scrolls; Escape hides it.

function place(word) {
  const tip = word.querySelector(".means-tip");
  if (!tip) return;
  word.classList.remove("shut");
  tip.classList.add("placed");
  const box = word.getBoundingClientRect();
  const low = box.bottom + 6 + tip.offsetHeight > window.innerHeight;
  tip.style.top = `${low ? box.top - 6 - tip.offsetHeight : box.bottom + 6}px`;
  tip.style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8))}px`;
}

for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const word = event.target.closest?.(".means");
    if (word) place(word);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const word of document.querySelectorAll(".means:hover, .means:focus")) word.classList.add("shut");
});
