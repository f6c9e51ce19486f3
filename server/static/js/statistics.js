// A chart over each table: what is drawn is what the table says, and a click on it leads where the row leads.

const PALETTE = ["#2a6fc9", "#c2571a", "#2f855a", "#8a4fbf", "#b7791f", "#b83280"];

const shown = (cell) => cell.textContent.trim();

/** A number of a cell; null where a small one is not shown. */
function value(cell) {
  const number = Number(shown(cell));
  return Number.isFinite(number) ? number : null;
}

/** {names, rows: [{words, href, values}]} of a table. */
export function read(table) {
  const names = [...table.tHead.rows[0].cells].slice(1).map(shown);
  const rows = [...table.tBodies[0].rows].map((row) => {
    const [head, ...cells] = row.cells;
    return { words: shown(head), href: head.querySelector("a")?.getAttribute("href") ?? "", values: cells.map(value) };
  });
  return { names, rows };
}

function pie(rows, ink) {
  const data = rows.map((row) => ({ name: row.words, value: row.values[0] }));
  return { series: [{ type: "pie", radius: ["45%", "75%"], data, label: { color: ink } }] };
}

function axes(kind, names, rows, ink, edge) {
  const line = { lineStyle: { color: edge } };
  return {
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: rows.map((row) => row.words), axisLabel: { color: ink }, axisLine: line },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: line },
    series: names.map((name, place) => ({
      name,
      type: kind === "line" ? "line" : "bar",
      stack: kind === "stack" ? "all" : undefined,
      data: rows.map((row) => row.values[place]),
      barMaxWidth: 48,
    })),
  };
}

/** What ECharts is to draw. Tooltips are painted into the canvas: the page allows no inline style. */
export function option(kind, { names, rows }, ink, edge) {
  const drawn = kind === "pie" ? pie(rows, ink) : axes(kind, names, rows, ink, edge);
  return {
    animation: false,
    color: PALETTE,
    textStyle: { fontFamily: "inherit" },
    legend: names.length > 1 ? { top: 4, textStyle: { color: ink } } : undefined,
    tooltip: { trigger: kind === "pie" ? "item" : "axis", renderMode: "richText", confine: true },
    ...drawn,
  };
}

function draw(place) {
  const found = read(document.getElementById(place.dataset.chartOf));
  const style = getComputedStyle(place);
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option(place.dataset.chart, found, style.color, style.getPropertyValue("--edge").trim() || "#888"));
  chart.on("click", (event) => {
    const href = found.rows[event.dataIndex]?.href;
    if (href) window.location.assign(href);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  place.dataset.drawn = "true";
}

for (const place of document.querySelectorAll("[data-chart-of]")) draw(place);
