// What comes by itself (the live stream, a clock) takes nothing away from whoever is at work in that part of the page:
// what somebody writes in waits for them to leave it, the focus stays where it was, and what was opened stays open.

const BY_ITSELF = /^(live:|hx:poll:)/;
const NAMED = ["id", "data-ticket", "data-person", "data-case", "data-order"];

const comesByItself = (detail) => BY_ITSELF.test(detail.requestConfig.triggeringEvent?.type ?? "");

const WRITTEN = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";

/** Whether somebody writes there, or has begun to and looks something up elsewhere. */
function isWrittenIn(part) {
  const fields = [...part.querySelectorAll(WRITTEN)];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

/** A selector that leads to the same element in the part that comes: from the nearest one with a name, step by step. */
export function wayTo(element, part) {
  const steps = [];
  for (let node = element; node !== part; node = node.parentElement) {
    const name = NAMED.find((attribute) => node.hasAttribute(attribute));
    if (name) return [`[${name}="${CSS.escape(node.getAttribute(name))}"]`, ...steps].join(" > ");
    const place = [...node.parentElement.children].indexOf(node) + 1;
    steps.unshift(`${node.localName}:nth-child(${place})`);
  }
  return [":scope", ...steps].join(" > ");
}

let left = null;

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  left = null;
  const part = detail.target;
  const here = document.activeElement;
  if (!detail.shouldSwap || !comesByItself(detail)) return;
  if (isWrittenIn(part)) {
    detail.shouldSwap = false;
    part.dataset.waits = "yes";
    return;
  }
  delete part.dataset.waits;
  const opened = [...part.querySelectorAll("details[open]")].map((one) => wayTo(one, part));
  left = { opened, focus: part !== here && part.contains(here) ? wayTo(here, part) : "" };
});

document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!left) return;
  const { opened, focus } = left;
  left = null;
  const part = detail.target;
  for (const way of opened) part.querySelector(way)?.setAttribute("open", "");
  if (!focus || part.contains(document.activeElement)) return;
  const same = part.querySelector(focus);
  if (!same) part.tabIndex = -1; // it is gone: whoever goes on by keyboard goes on from here
  (same ?? part).focus();
});

// What waited comes when the field is left as it was found.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const part = target.closest("[data-waits]");
  if (!part || target.form?.contains(relatedTarget)) return;
  setTimeout(() => {
    if (!isWrittenIn(part)) document.body.dispatchEvent(new CustomEvent("live:refresh"));
  });
});
