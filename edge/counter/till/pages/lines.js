// The selected basket line: the one that changed last, until the cashier selects another.

import { point } from "./choosing.js";

const TOGETHER = 10;
const PIECES = [1, 2, 3, 4, 5];

let chosen = null;
let marked = null;
let seen = null;

const list = () => document.getElementById("basket-lines");
const line = (id) => document.getElementById(`line-${id}`);

export const chosenLine = () => line(chosen);

// For a long basket the server sends only the changed lines (live/lines_patch.py); put them in place.
function patch() {
  const piece = document.getElementById("lines-patch");
  const rows = piece?.querySelector("template")?.content.children ?? [];
  if (piece?.dataset.revision === undefined) return;
  for (const row of [...rows]) {
    const old = line(row.dataset.line);
    if (old) old.replaceWith(row);
    else put(row);
  }
  Object.assign(document.getElementById("lines").dataset, piece.dataset);
  piece.replaceChildren();
  for (const key of Object.keys(piece.dataset)) delete piece.dataset[key];
}

// Lines are grouped by TOGETHER so that the browser renders only the groups in view: the cost per line mustn't grow
// with the basket. Returned goods and coupons stay after them.
function put(row) {
  let last = [...list().querySelectorAll(":scope > .some")].at(-1);
  if (!last || last.childElementCount >= TOGETHER) {
    const fresh = document.createElement("div");
    fresh.className = "some";
    fresh.setAttribute("role", "presentation");
    if (last) last.after(fresh);
    else list().prepend(fresh);
    last = fresh;
  }
  last.append(row);
}

function group() {
  for (const row of list()?.querySelectorAll(":scope > [data-line]") ?? []) put(row);
}

// After an update: select the line that just changed, or keep the selection.
export function show() {
  patch();
  group();
  const { revision, touched } = document.getElementById("lines").dataset;
  if (revision !== seen) {
    seen = revision;
    chosen = standing(touched);
  }
  mark();
}

// The line itself; if it was voided, the nearest line after or before it, as a voided line can't be changed.
function standing(id) {
  if (line(id)?.dataset.voided === undefined) return id;
  const all = [...list().querySelectorAll("li[data-line]")];
  const at = all.indexOf(line(id));
  const near = [...all.slice(at + 1), ...all.slice(0, at).reverse()].find(({ dataset }) => dataset.voided === undefined);
  return near?.dataset.line ?? id;
}

export function move(step) {
  const all = [...(list()?.querySelectorAll("li[data-line]") ?? [])];
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosenLine()) + step))];
  if (next) choose(next);
}

export function choose(element) {
  chosen = element.dataset.line;
  mark();
}

function mark() {
  const now = chosenLine();
  if (marked !== now) marked?.setAttribute("aria-selected", "false");
  now?.setAttribute("aria-selected", "true");
  marked = now;
  offer(now);
  point(document.getElementById("code"), now);
  now?.scrollIntoView({ block: "nearest" });
}

// The usual quantities on the selected line, one touch each, unless it has a fixed one. Whoever types or listens has F2 and "3*".
const pieces = document.createElement("span");
pieces.className = "pieces-row";
pieces.ariaHidden = "true";
pieces.append(...PIECES.map((count) => Object.assign(document.createElement("b"), { textContent: count })));
for (const one of pieces.children) one.dataset.pieces = one.textContent;

function offer(row) {
  const { unit, voided, fixed } = row?.dataset ?? {};
  if (unit !== "piece" || voided !== undefined || fixed !== undefined) return pieces.remove();
  for (const one of pieces.children) one.toggleAttribute("data-now", Number(one.dataset.pieces) * 1000 === Number(row.dataset.quantity));
  row.append(pieces);
}
