// A list that is being mended: after a row is right, the next wrong cell has the focus, so that the keyboard suffices.

document.body.addEventListener("htmx:afterSettle", (event) => {
  const line = event.target.closest?.(".mend") ?? event.detail.elt?.closest?.(".mend");
  if (!line && !event.target.matches?.("#mending, .mend")) return;
  const wrong = document.querySelector('.mend [aria-invalid="true"]');
  if (wrong) {
    wrong.focus();
    wrong.select();
  } else {
    document.querySelector("#counts form button")?.focus();
  }
});
