// The week grid: a click on half an hour opens or shuts it, and the field beside it, which is what is sent, says so.

const CELL_MINUTES = 30;

for (const grid of document.querySelectorAll("[data-day]")) {
  const field = document.getElementById(`day-${grid.dataset.day}`);
  const cells = [...grid.children];
  let painting = null;

  grid.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest(".week-cell");
    if (!cell) return;
    event.preventDefault();
    painting = cell.dataset.cell === "open" ? "shut" : "open";
    paint(cell);
  });
  grid.addEventListener("pointerover", (event) => {
    const cell = event.target.closest(".week-cell");
    if (cell && painting && event.buttons) paint(cell);
  });
  document.addEventListener("pointerup", () => {
    painting = null;
  });
  field.addEventListener("input", () => show(spansOf(field.value)));

  function paint(cell) {
    const start = cells.indexOf(cell) * CELL_MINUTES;
    const spans = without(spansOf(field.value), start, start + CELL_MINUTES);
    if (painting === "open") spans.push([start, start + CELL_MINUTES]);
    field.value = written(spans);
    show(spans);
  }

  function show(spans) {
    cells.forEach((cell, index) => {
      const start = index * CELL_MINUTES;
      const inside = (span) => Math.max(0, Math.min(span[1], start + CELL_MINUTES) - Math.max(span[0], start));
      const open = spans.reduce((sum, span) => sum + inside(span), 0);
      cell.dataset.cell = open >= CELL_MINUTES ? "open" : open ? "part" : "shut";
    });
  }
}

function spansOf(text) {
  return [...text.matchAll(/(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})/g)].map(([, h, m, h2, m2]) => [h * 60 + +m, h2 * 60 + +m2]);
}

// What is left of the spans outside a stretch: minutes that somebody typed stay to the minute.
function without(spans, from, to) {
  return spans.flatMap(([start, end]) => [[start, Math.min(end, from)], [Math.max(start, to), end]]).filter(([start, end]) => start < end);
}

function written(spans) {
  const joined = [];
  for (const [start, end] of spans.toSorted((one, other) => one[0] - other[0])) {
    if (joined.length && start <= joined.at(-1)[1]) joined.at(-1)[1] = Math.max(joined.at(-1)[1], end);
    else joined.push([start, end]);
  }
  return joined.map(([start, end]) => `${clock(start)}-${clock(end)}`).join(", ");
}

function clock(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
