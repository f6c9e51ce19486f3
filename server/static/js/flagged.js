// Somebody of whom the guard has to be told has tapped: big, with the portrait, until it was seen. It takes no focus away
// from whoever is writing; a few may come at once.

const MOST = 3;

const box = document.getElementById("flagged");
const list = box.querySelector(".flagged-taps");

function show(tap) {
  const copy = tap.cloneNode(true);
  copy.removeAttribute("id");
  for (const face of copy.querySelectorAll("img")) face.loading = "eager";
  list.prepend(copy);
  while (list.children.length > MOST) list.lastElementChild.remove();
  box.hidden = false;
}

function seen() {
  box.hidden = true;
  list.replaceChildren();
}

document.body.addEventListener("live:changed", ({ detail: { element, change } }) => {
  if (change.place === "feed" && "watch" in element.dataset) show(element);
});

box.querySelector("[data-seen]").addEventListener("click", seen);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !box.hidden && !document.querySelector("dialog[open]")) seen();
});
