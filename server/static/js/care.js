// The board of those who were not seen, by keyboard: J and K go from case to case, a figure does what its button says.

import { isTyping } from "./page.js";

const cases = () => [...document.querySelectorAll("[data-case]")];

document.addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = cases();
  if (!all.length) return;
  const here = all.indexOf(event.target.closest?.("[data-case]"));
  if (event.key === "j" || event.key === "k") {
    const next = here + (event.key === "j" ? 1 : -1);
    all[Math.min(Math.max(next, 0), all.length - 1)].focus();
    event.preventDefault();
    return;
  }
  const button = all[here]?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    button.click();
    event.preventDefault();
  }
});
