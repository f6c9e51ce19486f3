// A refused form: what is wrong stands at the field that it is about, and the hand is led there.
//
// The server names the fields beside its sentence (data-at, parts/forms.html). One field: the sentence moves to it.
// Several: it stays above the form, and each of them is marked and described by it.

const CONTROLS = "input:not([type=hidden]):not([type=submit]), select, textarea";
let told = 0;

// The page of a refused form stands at the address that the form was sent to: of two forms with a field of one name,
// it is that one's. A search that stands at the same address was not sent: only what is posted is refused like this.
function sentTo(control) {
  const form = control.form;
  const action = form?.getAttribute("action");
  return form?.getAttribute("method") === "post" && (!action || new URL(action, location.href).pathname === location.pathname);
}

function controlsOf(name) {
  const named = [...document.querySelectorAll(CONTROLS)].filter((one) => one.name === name && !one.disabled);
  const ours = named.filter(sentTo);
  const first = (ours.length ? ours : named)[0];
  return first ? named.filter((one) => one.form === first.form) : [];
}

// Where the field begins and ends for the eye: the group of a choice, the label around a box, the box alone.
function placeOf(control) {
  const choice = control.type === "radio" || control.type === "checkbox";
  const group = choice && control.closest("fieldset");
  return group || control.closest("label, .input-group") || control;
}

function mark(controls, id) {
  const place = placeOf(controls[0]);
  for (const control of controls) {
    control.classList.add("is-invalid");
    // A radio button has no such state (WAI-ARIA 1.2 § 6.6.3); its group's sentence says it.
    if (control.type !== "radio") control.setAttribute("aria-invalid", "true");
  }
  for (const one of place.matches("fieldset") ? [place, controls[0]] : [controls[0]]) {
    const others = (one.getAttribute("aria-describedby") ?? "").split(" ").filter((known) => known && known !== id);
    one.setAttribute("aria-describedby", [id, ...others].join(" "));
  }
}

function moveTo(place, alert, id) {
  const sentence = document.createElement("span");
  sentence.className = "invalid-feedback d-block";
  sentence.id = id;
  sentence.append(...alert.childNodes);
  if (place.matches("fieldset")) place.querySelector("legend")?.after(sentence) ?? place.prepend(sentence);
  else place.after(sentence);
  alert.remove();
}

function lead(control) {
  control.closest("details:not([open])")?.setAttribute("open", "");
  control.focus();
}

function tell(alert) {
  const fields = alert.dataset.at.split(" ").map(controlsOf).filter((controls) => controls.length);
  delete alert.dataset.at;
  if (!fields.length) return;
  const id = alert.id || `told-${(told += 1)}`;
  for (const controls of fields) mark(controls, id);
  if (fields.length === 1) moveTo(placeOf(fields[0][0]), alert, id);
  else alert.id = id;
  lead(fields[0][0]);
}

for (const alert of document.querySelectorAll("[data-at]")) tell(alert);
document.body.addEventListener("htmx:afterSettle", () => {
  for (const alert of document.querySelectorAll("[data-at]")) tell(alert);
});

// What the server itself has marked: the hand goes there as well.
const marked = document.querySelector("main form:not(.mend) [aria-invalid=true]");
if (marked && !document.activeElement?.matches("[aria-invalid=true]")) lead(marked);
