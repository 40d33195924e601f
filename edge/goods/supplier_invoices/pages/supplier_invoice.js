// One supplier invoice: its supplier and lines, and whether it's accepted.

import "./dialogs.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command as sending, here, toast, undoBy } from "./toast.js";

const main = document.querySelector("main");
const number = Number(main.dataset.number);
const read = JSON.parse(main.dataset.lines);

// What the page shows of the answers, so that a later one by someone else isn't cleared.
const ANSWERS = here("#invoice-state, [data-command], .pill, dd");

// The commands that take one back. A posting isn't among them: reversing it needs a reason and has its own button.
function undoOf(command, { line }) {
  if (command === "ApproveInvoice" || command === "RejectInvoice") return sending("ReviewInvoice", { number });
  if (!["SetInvoiceSupplier", "SetInvoiceLine", "SetInvoiceCharge"].includes(command)) return null;
  const wasCharge = document.querySelector(`[data-line="${line}"] > p > .pill`);
  return sending(wasCharge ? "SetInvoiceCharge" : "ClearInvoiceAnswer", { number, line });
}

async function ask(command, fields) {
  undoBy(undoOf(command, fields), ANSWERS);
  const answer = await sendGranted(command, { number, ...fields });
  if (answer?.status === 200) location.reload();
  else document.getElementById("invoice-error").textContent = answer ? messageOf(answer) : "";
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  const { command, at } = event.target.dataset;
  if (!command) return;
  const fields = Object.fromEntries(new FormData(event.target));
  ask(command, at === undefined ? fields : { ...fields, line: Number(at) });
});
main.addEventListener("click", ({ target }) => {
  const { decide: command, charge, review } = target.dataset;
  if (review !== undefined) ask("ReviewInvoice", {});
  if (charge) ask("SetInvoiceCharge", { line: Number(charge) });
  if (!command) return;
  const { note, set_prices } = target.form.elements;
  ask(command, command === "PostInvoice" ? { set_prices: set_prices.checked } : { note: note.value });
});

// Only managers may see the pages, so they're fetched with a PIN instead of being plain image URLs.
for (const image of document.querySelectorAll("[data-sheet]")) show(image);

async function show(image) {
  const { register } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const got = await fetch(`/api/v1/invoices-in/${number}/pages/${image.dataset.sheet}.png`, { headers: { Register: register, Surface: "panel", Grant } });
    return got.ok ? { status: 200, body: {}, picture: await got.blob() } : { status: got.status, body: await got.json() };
  });
  if (!answer?.picture) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => (image.src = reader.result));
  reader.readAsDataURL(answer.picture);
}

const form = document.getElementById("correct");
const before = form && said();
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const path = `invoices-in/${number}/corrections`;
  const answer = await askGranted("POST", path, said());
  if (answer?.status === 200) {
    toast("saved", ["POST", path, before], here("#correct"));
    location.reload();
  } else document.getElementById("invoice-error").textContent = answer ? messageOf(answer) : "";
});
// Highlight the focused field on the scanned page.
let looked;
form?.addEventListener("focusin", ({ target }) => {
  looked = target.dataset.field ? target : undefined;
  for (const mark of document.querySelectorAll("[data-mark]")) mark.classList.toggle("on", mark.dataset.mark === target.dataset.field);
});
// Clicking the page reads a value for the field selected before; with none selected, it selects the field marked there.
if (form) for (const paper of document.querySelectorAll(".paper")) paper.addEventListener("click", (event) => point(paper, event));

async function point(paper, { clientX, clientY }) {
  const { left, top, width, height } = paper.getBoundingClientRect();
  const [x, y] = [(clientX - left) / width, (clientY - top) / height].map((part) => Math.min(1000, Math.max(0, Math.round(part * 1000))));
  const marked = [...paper.querySelectorAll("[data-mark]")].find((mark) => holds(mark, x, y));
  const field = looked ?? form.querySelector(`[data-field="${marked?.dataset.mark}"]`);
  if (!field) return;
  if (!looked) return field.focus();
  const page = paper.querySelector("[data-sheet]").dataset.sheet;
  const answer = await askGranted("GET", `invoices-in/${number}/reading?field=${field.dataset.field}&page=${page}&x=${x}&y=${y}`);
  const told = document.getElementById("mark-error");
  told.textContent = answer?.status === 404 ? told.dataset.nothing : "";
  if (answer?.status !== 200) return;
  field.value = answer.body.value;
  mark(paper, field.dataset.field, answer.body);
  field.focus();
}

function holds(mark, x, y) {
  const [at, down, width, height] = ["x", "y", "width", "height"].map((name) => Number(mark.getAttribute(name)));
  return x >= at && x <= at + width && y >= down && y <= down + height;
}

function mark(paper, field, { left, top, right, bottom }) {
  const there = document.querySelector(`[data-mark="${field}"]`) ?? document.createElementNS("http://www.w3.org/2000/svg", "rect");
  there.dataset.mark = field;
  there.classList.add("on");
  for (const [name, value] of Object.entries({ x: left - 4, y: top - 3, width: right - left + 8, height: bottom - top + 6 })) there.setAttribute(name, value);
  paper.querySelector("svg").append(there);
}

// All fields and lines from the form; whatever the form doesn't show of a line stays as it was read.
function said() {
  const fields = [...form.querySelectorAll("[data-field]")].map((one) => ({ name: one.dataset.field, value: one.value.trim() }));
  const rows = [...form.querySelectorAll("[data-row]")].filter((row) => !row.querySelector("[data-drop]")?.checked && row.querySelector("[data-cell=name]").value.trim());
  const lines = rows.map((row, at) => {
    const cells = [...row.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell.value.trim()]);
    return { ...(read[row.dataset.row] ?? {}), id: String(at + 1), ...Object.fromEntries(cells) };
  });
  return { fields, lines };
}
listen(() => {});
