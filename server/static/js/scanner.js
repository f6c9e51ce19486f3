// The hand-held scanner of the gate house is a keyboard that types a visitor's code. Wherever the focus is, the code
// goes into its field: typed into the page, its letters would be keys that acknowledge alarms.

import { isTyping } from "./page.js";

const START = "OC1";
const PAUSE_MS = 300;

const form = document.getElementById("scanner");
const field = form?.querySelector("[data-scan]");
let typed = "";
let last = 0;

document.addEventListener(
  "keydown",
  (event) => {
    if (!field || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.timeStamp - last > PAUSE_MS) typed = "";
    last = event.timeStamp;
    const next = typed + event.key.toUpperCase();
    if (START.startsWith(next)) {
      typed = next;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (typed === START) {
        field.value = START;
        typed = "";
        field.focus();
        field.setSelectionRange(START.length, START.length);
      }
      return;
    }
    typed = "";
    if (event.key.toLowerCase() === "v") {
      field.focus();
      field.select();
      event.preventDefault();
    }
  },
  true,
);

// The next code replaces this one, also when nobody touches the mouse in between.
form?.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) field.value = "";
  field.focus({ preventScroll: event.detail.successful });
  if (!event.detail.successful) field.select();
});

// Below the line that says that the page is not live: see scroll-margin-top.
const scanned = document.getElementById("scanned");
scanned?.addEventListener("htmx:afterSwap", () => scanned.scrollIntoView({ block: "nearest" }));
