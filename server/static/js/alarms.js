// Alarms on the guard's page: one dialog for the answer, keys A and E, ages that count, and the sound.

import { isTyping } from "./page.js";
import { Sound } from "./sound.js";

const AGE_MS = 10_000;
const ages = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

// Only who may answer has the dialog.
const dialog = document.getElementById("answer");
const form = dialog?.querySelector("form");
const sound = new Sound(document.getElementById("sound"));

function answer(alarm, how) {
  form.elements.how.value = how;
  form.elements.ids.value = alarm.dataset.ids;
  form.elements.note.value = "";
  const title = dialog.querySelector("#answer-title");
  title.textContent = title.dataset[how];
  dialog.querySelector(".answer-go").textContent = title.dataset[how];
  dialog.querySelector(".answer-what").textContent = alarm.dataset.title;
  dialog.querySelector(".answer-do").textContent = alarm.dataset.procedure;
  dialog.querySelector("[data-failed]").hidden = true;
  dialog.showModal();
  form.elements.note.focus();
}

// The alarm that a key means: the one that has the focus, else the first of the stack.
function meant() {
  return document.activeElement?.closest("[data-alarm]") ?? document.querySelector("[data-alarm]");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-answer]");
  if (button && dialog) answer(button.closest("[data-alarm]"), button.dataset.answer);
  if (event.target.closest("#answer [data-close]")) dialog.close();
});

const KEYS = { a: "acknowledge", e: "forward" };

// I: the alarm becomes an incident, with an owner and a clock.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "i" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!document.querySelector("dialog[open]")) meant()?.querySelector("[data-incident]")?.click();
});

document.addEventListener("keydown", (event) => {
  const how = KEYS[event.key.toLowerCase()];
  if (!how || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!dialog || document.querySelector("dialog[open]")) return;
  const alarm = meant();
  if (!alarm) return;
  event.preventDefault();
  answer(alarm, how);
});

// The alarm that was answered is gone with its button: whoever works by keyboard goes on at the next one.
dialog?.addEventListener("close", () =>
  setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector("[data-alarm]")?.focus();
  }),
);

// What was acknowledged goes at once: the stream brings the stack a moment later, and the next key means the next alarm.
form?.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  if (form.elements.how.value === "acknowledge") {
    const answered = [...document.querySelectorAll("[data-alarm]")];
    answered.find((alarm) => alarm.dataset.ids === form.elements.ids.value)?.remove();
  }
  dialog.close();
});

// An age is counted from what the server said when the alarm was drawn: the clocks of two machines may differ.
const drawn = new WeakMap();

function showAges() {
  for (const element of document.querySelectorAll("[data-age-ms]")) {
    if (!drawn.has(element)) drawn.set(element, performance.now());
    const age = Number(element.dataset.ageMs) + performance.now() - drawn.get(element);
    element.textContent = inWords(age / 1000);
  }
}

function inWords(seconds) {
  if (seconds < 60) return ages.format(0, "minute");
  if (seconds < 3600) return ages.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return ages.format(-Math.floor(seconds / 3600), "hour");
  return ages.format(-Math.floor(seconds / 86_400), "day");
}

function look() {
  showAges();
  sound.wanted(Number(document.getElementById("alarms")?.dataset.now ?? 0) > 0);
}

document.body.addEventListener("live:changed", look);
document.body.addEventListener("htmx:afterSettle", look);
setInterval(showAges, AGE_MS);
look();
