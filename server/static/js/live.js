// The page's end of the live stream: puts changes in their place, and says at once when they have stopped coming.
// The element with data-live holds the addresses and the place in the stream that this page was made at.

import { Stream } from "./stream.js";

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "medium" });

const root = document.querySelector("[data-live]");
const bar = document.querySelector("[data-live-bar]");

function asElement(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function put(change) {
  if (change.mode === "poke") {
    poke(change.place);
    return;
  }
  const place = document.getElementById(change.place);
  const present = document.getElementById(change.key);
  if (!present && (change.mode === "replace" || !place)) return;
  const element = asElement(change.html);
  const focused = present?.contains(document.activeElement) ? document.activeElement.id : "";
  if (present) present.replaceWith(element);
  else place.prepend(element);
  // Whoever was about to press a button there still is; where it is gone they go on at the next alarm.
  if (focused) (document.getElementById(focused) ?? element.querySelector("[data-alarm]"))?.focus();
  if (place) shorten(place);
  window.htmx?.process(element);
  document.body.dispatchEvent(new CustomEvent("live:changed", { detail: { element, change } }));
}

function shorten(place) {
  const most = Number(place.dataset.most ?? 100);
  while (place.children.length > most) place.lastElementChild.remove();
}

// Many pokes in a row are one question to the server.
const POKE_LINGER_MS = 300;
const poked = new Map();

function poke(name) {
  if (poked.has(name)) return;
  poked.set(
    name,
    setTimeout(() => {
      poked.delete(name);
      document.body.dispatchEvent(new CustomEvent(`live:${name}`));
    }, POKE_LINGER_MS),
  );
}

function showState({ live, since }) {
  if (live === null) return;
  document.body.dataset.liveState = live ? "on" : "lost";
  if (!bar) return;
  bar.hidden = live;
  const words = bar.querySelector("[data-pattern]");
  words.textContent = live ? "" : words.dataset.pattern.replace("TIME", CLOCK.format(new Date(since)));
}

function hear(message) {
  if (message.kind === "frame") put(message.change);
  if (message.kind === "state") showState(message);
  if (message.kind === "refresh") document.body.dispatchEvent(new CustomEvent("live:refresh"));
  if (message.kind === "bye") window.location.reload();
}

function connect() {
  const hello = {
    say: "hello",
    address: new URL(root.dataset.live, window.location.href).href,
    after: root.dataset.liveAfter,
  };
  if (typeof SharedWorker === "undefined") {
    // Some tablets have none: this tab then listens for itself.
    new Stream(hello.address, hello.after, hear);
    return;
  }
  const address = new URL("./live-worker.js", import.meta.url);
  const worker = new SharedWorker(address, { type: "module", name: root.dataset.liveName });
  worker.port.addEventListener("message", (event) => hear(event.data));
  worker.port.start();
  worker.port.postMessage(hello);
  window.addEventListener("pagehide", () => worker.port.postMessage({ say: "leave" }));
}

if (root) connect();
