// What every page has: menus that close, a search key, and forms that are sent once.

import "./fields.js";
import "./steady.js";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
  // F2 writes nothing: whoever stands in a search may go to the desk by it.
  const types = isTyping(event.target) && !(event.key === "F2" && event.target.type === "search");
  if (types || event.ctrlKey || event.metaKey || event.altKey) return;
  if (SHORT_WAYS[event.key]?.() === true) event.preventDefault();
});

const SEARCH = "#search";
const keys = document.getElementById("keys");

// What a single key does; `true` when it did something.
const SHORT_WAYS = {
  "/": () => {
    const search = document.querySelector("[data-search]");
    if (search) {
      search.focus();
      search.select();
      return true;
    }
    return follow("/holders", SEARCH);
  },
  F2: () => follow("/desk"),
  "?": () => {
    keys?.showModal();
    return keys !== null;
  },
};

// Only ways that this user has: they stand in the bar.
function follow(path, hash = "") {
  const link = document.querySelector(`.console-nav a[href="${path}"]`);
  if (link) window.location.assign(link.href + hash);
  return link !== null;
}

// Whoever came by "/" goes on typing what they look for.
if (window.location.hash === SEARCH) document.querySelector("[data-search]")?.focus();

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) keys.showModal();
  if (event.target.closest("#keys [data-close]")) keys.close();
});

export function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

// A second click on a slow line would revoke twice or issue two cards.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent) {
    if (form.dataset.sent) event.preventDefault();
    return;
  }
  // A form that is answered by a file leaves the page as it is.
  if (!("stays" in form.dataset)) form.dataset.sent = "yes";
  for (const waiting of form.querySelectorAll("[data-waiting]")) waiting.hidden = false;
});

// Coming back by the browser's Back button, the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const waiting of form.querySelectorAll("[data-waiting]")) waiting.hidden = true;
  }
});

// A form that htmx sends stays on the page, whatever became of it.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) delete form.dataset.sent;
  const failed = form?.querySelector("[data-failed]");
  if (failed) failed.hidden = event.detail.successful;
});

// A session that ended while a page stood open: the server answers parts with 401, and the whole page knows the way.
document.body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) window.location.reload();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A claim is long and shown once: nobody should have to type it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.querySelector("span").textContent = button.dataset.copied;
});

// What was just done is told once (parts/forms.html, `done`): who loads the page anew is not told again.
if (document.querySelector("[data-once]")) history.replaceState(history.state, "", location.pathname + location.hash);
