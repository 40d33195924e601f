// Charts drawn from the tables beside them, which hold the same data. Without the chart library, the tables suffice.

import { writeDate } from "./dates.js";

const HEIGHT = 280;
const DAY = /^\d{4}-\d\d-\d\d$/;

// Charts are drawn left to right: right-to-left text is isolated, so that its sign is on the correct side.
const written = (text) => (document.dir === "rtl" ? `\u2067${text}\u2069` : text);

export const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// `place`: the container; `table`: has `data-ticks`, and rows with `data-*` for label and numbers. Redrawn whenever the
// container's width changes: fonts that load late widen the table beside it, too.
export function keep(place, table, make) {
  if (!place || !table || !globalThis.uPlot) return;
  let drawn = null;
  let width = 0;
  new ResizeObserver(() => {
    if (!place.clientWidth || place.clientWidth === width) return;
    width = place.clientWidth;
    drawn?.destroy();
    drawn = make([...table.querySelectorAll("tbody tr")], JSON.parse(table.dataset.ticks), place);
  }).observe(place);
}

// The options that all charts share. `most`, `least`: limits of the y axis, beyond its ticks if need be.
export function frame(place, rows, ticks, label, most, least = 0) {
  const every = Math.max(1, Math.ceil(rows.length / Math.max(2, Math.floor((place.clientWidth - 90) / 80))));
  const shown = rows.map((_, at) => at).filter((at) => at % every === 0);
  const font = `${style("--text-xs")} ${style("--letters-family")}`;
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: [least, Math.max(ticks.at(-1)?.[0] ?? 0, most) || 1] } },
    axes: [
      { splits: () => shown, values: () => shown.map((at) => rows[at].dataset[label]).map((text) => (DAY.test(text) ? writeDate(text) : text)), grid: { show: false }, stroke: style("--soft"), font },
      { splits: () => ticks.map(([at]) => at), values: () => ticks.map(([, text]) => written(text)), size: 90, stroke: style("--soft"), font, grid: { stroke: style("--edge") } },
    ],
  };
}

export function bars(place, table, { label, value }) {
  keep(place, table, (rows, ticks) => {
    const values = rows.map((row) => Number(row.dataset[value]));
    const series = [{}, { fill: style("--green"), stroke: style("--green"), points: { show: false }, paths: uPlot.paths.bars({ size: [0.6, 60] }) }];
    return new uPlot({ ...frame(place, rows, ticks, label, Math.max(...values)), series }, [rows.map((_, at) => at), values], place);
  });
}

export function line(place, table, { label, value }) {
  keep(place, table, (rows, ticks) => {
    const values = rows.map((row) => Number(row.dataset[value]));
    const series = [{}, { stroke: style("--green"), width: 3, points: { show: true, size: 6 } }];
    return new uPlot({ ...frame(place, rows, ticks, label, Math.max(...values)), series }, [rows.map((_, at) => at), values], place);
  });
}

// A line inside a band.
export function band(place, table, { label, value, low, high }) {
  keep(place, table, (rows, ticks) => {
    const of = (name) => rows.map((row) => Number(row.dataset[name]));
    const edge = { stroke: style("--edge"), width: 1, points: { show: false } };
    const series = [{}, edge, edge, { stroke: style("--green"), width: 3, points: { show: true, size: 6 } }];
    const options = { ...frame(place, rows, ticks, label, Math.max(...of(high))), series, bands: [{ series: [1, 2], fill: style("--green-wash") }] };
    return new uPlot(options, [rows.map((_, at) => at), of(high), of(low), of(value)], place);
  });
}
