// The shop's tables: forms for their details, and a floor plan on which they are dragged into place.

import { serve } from "./entity_form.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { here, undoBy } from "./toast.js";

const COLUMNS = 6;
const ROWS = 8;
const main = document.querySelector("main");
let dragged = null; // {seat, column, row}: which table is under the finger, over which place

// The plan cell at a point; points outside the plan count as its edge.
function placeAt(plan, x, y) {
  const box = plan.getBoundingClientRect();
  const at = (part, of) => Math.max(1, Math.min(of, Math.ceil(part * of)));
  return { column: at((x - box.left) / box.width, COLUMNS), row: at((y - box.top) / box.height, ROWS) };
}

function put(seat, { column, row }) {
  seat.dataset.atColumn = column;
  seat.dataset.atRow = row;
}

const placeOf = ({ dataset }) => ({ column: Number(dataset.atColumn), row: Number(dataset.atRow) });
const same = (one, other) => one.column === other.column && one.row === other.row;

// Saves a table's new place; if another table is already there, it goes back to its old one.
async function move(seat, was, place) {
  const there = [...seat.parentElement.children].some((one) => one !== seat && same(placeOf(one), place));
  if (there || same(was, place)) return put(seat, was);
  put(seat, place);
  undoBy(["PATCH", `tables/${encodeURIComponent(seat.dataset.move)}`, was], here(`form[data-id="${CSS.escape(seat.dataset.move)}"]`));
  const answer = await askGranted("PATCH", `tables/${encodeURIComponent(seat.dataset.move)}`, place);
  const error = main.querySelector(".error");
  error.textContent = "";
  if (answer?.status === 200) return fields(seat.dataset.move, place);
  put(seat, was);
  error.textContent = answer ? messageOf(answer) : "";
}

// Keep a table's form in step with the plan.
function fields(id, place) {
  for (const [field, value] of Object.entries(place)) {
    const held = main.querySelector(`form[data-id="${CSS.escape(id)}"] [data-field="${field}"]`);
    if (held) held.value = value;
  }
}

main.addEventListener("pointerdown", (event) => {
  const seat = event.target.closest("[data-move]");
  if (!seat) return;
  seat.setPointerCapture(event.pointerId);
  dragged = { seat, was: placeOf(seat) };
});
main.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (dragged) put(dragged.seat, placeAt(dragged.seat.parentElement, clientX, clientY));
});
main.addEventListener("pointerup", () => {
  if (!dragged) return;
  const { seat, was } = dragged;
  dragged = null;
  move(seat, was, placeOf(seat));
});
main.addEventListener("pointercancel", () => {
  if (dragged) put(dragged.seat, dragged.was);
  dragged = null;
});
main.addEventListener("keydown", (event) => {
  const seat = event.target.closest("[data-move]");
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!seat || !step) return;
  event.preventDefault();
  const was = placeOf(seat);
  const [column, row] = [was.column + step[0], was.row + step[1]];
  if (column >= 1 && column <= COLUMNS && row >= 1 && row <= ROWS) move(seat, was, { column, row });
});

serve(main, () => `t${Date.now().toString(36)}`);
listen(() => {});
