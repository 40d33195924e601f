// A day's hours as a chart, from the table beside it, which says the same. Without the library the table is enough.

import { managing } from "./grants.js";

const HEIGHT = 260;
let drawn = null;

export function draw() {
  drawn?.destroy();
  drawn = null;
  const place = document.querySelector(".chart");
  const table = document.getElementById("by-hour");
  if (!place || !table || !globalThis.uPlot) return;
  const rows = [...table.querySelectorAll("tbody tr")];
  const ticks = JSON.parse(table.dataset.ticks);
  const numbers = (name) => rows.map((row) => Number(row.dataset[name]));
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const places = rows.map((_, index) => index);
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: [Math.min(0, ...numbers("minor"), ...numbers("before")), ticks.at(-1)[0] || 1] } },
    axes: [
      { splits: () => places, values: () => rows.map((row) => row.dataset.hour), grid: { show: false }, stroke: color("--soft") },
      { splits: () => ticks.map(([minor]) => minor), values: () => ticks.map(([, text]) => text), size: 90, stroke: color("--soft"), grid: { stroke: color("--edge") } },
    ],
    series: [
      {},
      { fill: color("--green"), stroke: color("--green"), points: { show: false }, paths: uPlot.paths.bars({ size: [0.6, 60] }) },
      { stroke: color("--amber"), width: 2, points: { show: true, size: 6 } },
    ],
  };
  drawn = new uPlot(options, [places, numbers("minor"), numbers("before")], place);
}

// Draws, and draws again when the numbers or the page's width change.
export function watch() {
  addEventListener("htmx:afterSwap", ({ target }) => target.id === "today" && draw());
  let width = innerWidth;
  addEventListener("resize", () => innerWidth !== width && ((width = innerWidth), draw()));
  addEventListener("click", ({ target }) => target.closest("[data-print]") && print());
  // Once a PIN was set here, nobody sees numbers who has not entered it.
  addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "figures" && "pinSet" in document.body.dataset && !managing()) event.preventDefault();
  });
  draw();
}
