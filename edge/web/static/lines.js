// Which line of the basket is chosen. The line that changed last, until somebody chooses another one.

import { point } from "./choosing.js";

let chosen = null;
let seen = null;

const list = () => document.querySelector("#lines ol");
const line = (id) => list()?.querySelector(`[data-line="${id}"]`) ?? null;

export const chosenLine = () => line(chosen);

// A scan into a long basket brings its line alone (live/lines_patch.py): put it in its place.
function patch() {
  const piece = document.getElementById("lines-patch");
  const rows = piece?.querySelector("template")?.content.children ?? [];
  if (piece?.dataset.revision === undefined) return;
  const back = list().querySelector(":scope > .goes-back");
  for (const row of [...rows]) {
    const old = line(row.dataset.line);
    if (old) old.replaceWith(row);
    else if (back) back.before(row);
    else list().append(row);
  }
  Object.assign(document.getElementById("lines").dataset, piece.dataset);
  piece.replaceChildren();
  for (const key of Object.keys(piece.dataset)) delete piece.dataset[key];
}

// After fragments were put in place: choose the line that just changed, or the same one as before.
export function show() {
  patch();
  const { revision, touched } = document.getElementById("lines").dataset;
  if (revision !== seen) {
    seen = revision;
    chosen = touched;
  }
  mark();
}

export function move(step) {
  const all = [...(list()?.children ?? [])];
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosenLine()) + step))];
  if (next) choose(next);
}

export function choose(element) {
  chosen = element.dataset.line;
  mark();
}

function mark() {
  for (const element of list()?.children ?? []) {
    const selected = String(element.dataset.line === chosen);
    if (element.getAttribute("aria-selected") !== selected) element.setAttribute("aria-selected", selected);
  }
  point(document.getElementById("code"), chosenLine());
  chosenLine()?.scrollIntoView({ block: "nearest" });
}
