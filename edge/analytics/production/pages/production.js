// Production for managers: plan the day in one press, enter bills of materials line by line, trace batches.

import { parseMinor, parseQuantity, plainMinor } from "./amounts.js";
import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import "./picker.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

const { wrong } = document.querySelector("main").dataset;
const errorIn = (part) => (part.closest("form")?.querySelector(".error") ?? part.closest("section").querySelector(".error"));
const say = (part, text) => (errorIn(part).textContent = text);

// Sends a command, then reloads the page or shows the error next to the button.
async function ask(part, command, body) {
  const answer = await sendGranted(command, body);
  if (answer?.status === 200) location.reload();
  else say(part, answer ? messageOf(answer) : "");
}

document.getElementById("day")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const lines = [...form.querySelectorAll("[data-sku]")].map((field) => ({ sku: field.dataset.sku, quantity: parseQuantity(field.value || "0") })).filter((line) => line.quantity !== 0);
  if (!lines.length || lines.some((line) => line.quantity === null)) say(form, wrong);
  else ask(form, "PlanDay", { day: form.dataset.day, lines });
});

document.getElementById("new-order").addEventListener("submit", (event) => {
  event.preventDefault();
  const { sku, quantity, start_on: start } = event.target.elements;
  const wanted = parseQuantity(quantity.value);
  if (wanted === null) say(event.target, wrong);
  else ask(event.target, "PlanWork", { sku: sku.value.trim(), quantity: wanted, start_on: start.value });
});

document.getElementById("take-apart").addEventListener("submit", (event) => {
  event.preventDefault();
  const { sku, quantity, lot } = event.target.elements;
  const wanted = parseQuantity(quantity.value);
  if (wanted === null) say(event.target, wrong);
  else ask(event.target, "TakeApart", { sku: sku.value.trim(), quantity: wanted, lot: lot.value.trim() });
});

const bom = document.getElementById("bom");
const lines = document.getElementById("lines");
const thousandths = (number) => String(number / 1000);

function addLine(line) {
  const row = document.getElementById("bom-line").content.firstElementChild.cloneNode(true);
  if (line) {
    row.querySelector("[data-sku]").value = line.sku;
    row.querySelector("[data-quantity]").value = thousandths(Number(line.quantity));
    row.querySelector("[data-measure]").value = line.measure;
  }
  lines.append(row);
}
addLine();
document.getElementById("add-line").addEventListener("click", () => addLine());

// Lines without a product are skipped.
function entered() {
  const { id, sku, makes, yield: out, extra, from_date: from } = bom.elements;
  const rows = [...lines.children].map((row) => ({
    sku: row.querySelector("[data-sku]").value.trim(),
    quantity: parseQuantity(row.querySelector("[data-quantity]").value),
    measure: row.querySelector("[data-measure]").value,
  }));
  const percent = parseQuantity(out.value);
  const said = { makes: parseQuantity(makes.value), yield_permille: percent === null ? null : Math.round(percent / 100), extra_cost_minor: parseMinor(extra.value || "0", extra) };
  if (Object.values(said).includes(null) || rows.some((row) => row.quantity === null)) return null;
  return { id: id.value.trim(), sku: sku.value.trim(), lines: rows.filter((row) => row.sku), from_date: from.value, ...said };
}

// An existing bill of materials as it stands in its row, and the command that makes it so again.
function rowOf(id) {
  const row = document.querySelector(`tr[data-bom="${CSS.escape(id)}"]`);
  const parts = [...(row?.querySelectorAll("[data-quantity]") ?? [])];
  return row && { ...JSON.parse(row.dataset.body), lines: parts.map(({ dataset: { sku, quantity, measure } }) => ({ sku, quantity: Number(quantity), measure })) };
}

function undoBom(id) {
  const was = rowOf(id);
  undoBy(was ? command("SetBom", { bom: was }) : command("EndBom", { id }), here(`tr[data-bom="${CSS.escape(id)}"]`));
}

bom.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = entered();
  if (!body) return say(bom, wrong);
  undoBom(body.id);
  return ask(bom, "SetBom", { bom: body });
});

// Loads an existing bill of materials into the form; saving creates its next version.
function change(row) {
  const { id, sku, makes, yield: out, extra, from_date: from } = bom.elements;
  const known = JSON.parse(row.dataset.body);
  id.value = known.id;
  sku.value = known.sku;
  makes.value = thousandths(known.makes);
  out.value = String(known.yield_permille / 10);
  extra.value = plainMinor(known.extra_cost_minor, extra);
  from.value = known.from_date;
  lines.replaceChildren();
  for (const line of row.querySelectorAll("[data-quantity]")) addLine(line.dataset);
  bom.scrollIntoView({ behavior: "smooth" });
}

addEventListener("click", async ({ target }) => {
  if ("change" in target.dataset) change(target.closest("tr"));
  if (target.id === "buy") ask(target, "BuyComponents", {});
  if (!target.dataset.ask || !(await meant(target.dataset.ask))) return;
  const { cancel, end, undo, sku, lot } = target.dataset;
  if (cancel) ask(target, "CancelWork", { number: Number(cancel) });
  if (undo) ask(target, "UndoReport", { number: Number(undo) });
  if (end) {
    undoBom(end);
    ask(target, "EndBom", { id: end });
  }
  if (target.id === "stop") ask(target, "RecallMade", { sku, lot });
});
listen(() => {});
