// A chart of the day by hour, drawn from the table beside it. Without the chart library, the table is enough.

import { managing } from "./grants.js";
import { frame, keep, style } from "./plots.js";

function draw() {
  keep(document.querySelector(".chart"), document.getElementById("by-hour"), (rows, ticks, place) => {
    const numbers = (name) => rows.map((row) => Number(row.dataset[name]));
    const least = Math.min(0, ...numbers("minor"), ...numbers("before"));
    const options = {
      ...frame(place, rows, ticks, "hour", 0, least),
      series: [
        {},
        { fill: style("--green"), stroke: style("--green"), points: { show: false }, paths: uPlot.paths.bars({ size: [0.6, 60] }) },
        { stroke: style("--amber"), width: 2, points: { show: true, size: 6 } },
      ],
    };
    return new uPlot(options, [rows.map((_, at) => at), numbers("minor"), numbers("before")], place);
  });
}

// Draws the chart, and redraws it when the numbers change.
export function watch() {
  addEventListener("htmx:afterSwap", ({ target }) => target.id === "today" && draw());
  addEventListener("click", ({ target }) => target.closest("[data-print]") && print());
  // Once a PIN has been set here, only people who have entered it see figures.
  addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "figures" && "pinSet" in document.body.dataset && !managing()) event.preventDefault();
  });
  draw();
}
