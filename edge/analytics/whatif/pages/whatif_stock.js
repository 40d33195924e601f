// What if: stock. The form as the API takes a scenario, and the way to its answer.

import { parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import "./picker.js";
import { listen } from "./push.js";
import { complain } from "./rows.js";

const form = document.getElementById("whatif-stock");
const EVERY_MS = 700;
const plainQuantity = (thousandths) => String(thousandths / 1000);
const WHOLE = /^\d{1,4}$/;
const cell = (row, of) => row.querySelector(`[data-of="${of}"]`);

// What stands in a field, or null where it is empty; throws the field where it cannot be read.
function read(field, kind = field.dataset.kind) {
  const text = field.value.trim();
  if (!text) return null;
  const value = kind === "whole" || kind === "percent" ? (WHOLE.test(text) ? Number(text) : null) : parseQuantity(text, field);
  if (value === null) throw field;
  return value;
}

function goodsOf(row) {
  const scope = cell(row, "scope").value;
  if (scope === "all") return {};
  if (scope !== "sku") return { categories: [scope] };
  const sku = cell(row, "sku");
  if (!sku.value.trim()) throw sku;
  return { skus: [sku.value.trim()] };
}

function rule(row) {
  const found = { goods: goodsOf(row) };
  const how = cell(row, "how").value;
  if (how) {
    const field = cell(row, "reorder");
    const value = read(field, how === "at" ? "quantity" : "percent");
    if (value === null || (how === "less" && value > 100)) throw field;
    if (how === "at") found.reorder = value;
    else found.reorder_percent = how === "less" ? -value : value;
  }
  for (const of of ["up_to", "quantity", "lead_days"]) {
    const value = read(cell(row, of));
    if (value !== null) found[of] = value;
  }
  const supplier = cell(row, "supplier")?.value;
  if (supplier) found.supplier = supplier;
  return found;
}

function scenario() {
  const { first, last } = form.elements;
  return { first: first.value, last: last.value, rules: [...form.querySelectorAll(".item")].map(rule) };
}

function showFields(row) {
  row.querySelector('[data-for="sku"]').hidden = cell(row, "scope").value !== "sku";
  row.querySelector('[data-for="reorder"]').hidden = !cell(row, "how").value;
}

function addRow() {
  const group = form.querySelector("[data-group]");
  const row = group.querySelector("template").content.firstElementChild.cloneNode(true);
  group.querySelector(".rows").append(row);
  showFields(row);
  return row;
}

// The form as the scenario that was asked last.
function fill({ rules = [] }) {
  for (const { goods: { skus = [], categories = [] } = {}, ...one } of rules) {
    const row = addRow();
    cell(row, "scope").value = skus.length ? "sku" : categories[0] ?? "all";
    cell(row, "sku").value = skus[0] ?? "";
    if (one.reorder !== undefined) cell(row, "how").value = "at";
    else if (one.reorder_percent) cell(row, "how").value = one.reorder_percent < 0 ? "less" : "more";
    if (one.reorder !== undefined) cell(row, "reorder").value = plainQuantity(one.reorder);
    else if (one.reorder_percent) cell(row, "reorder").value = String(Math.abs(one.reorder_percent));
    for (const of of ["up_to", "quantity"]) if (one[of] !== undefined) cell(row, of).value = plainQuantity(one[of]);
    if (one.lead_days !== undefined) cell(row, "lead_days").value = String(one.lead_days);
    if (one.supplier) cell(row, "supplier").value = one.supplier;
    showFields(row);
  }
}

const here = (run) => `/manager/whatif-stock?register=${encodeURIComponent(document.body.dataset.register)}&run=${encodeURIComponent(run)}`;

async function ask() {
  const answer = await askGranted("POST", "whatif/stock", scenario());
  if (answer?.status === 202) location.assign(here(answer.body.id));
  else if (answer) document.getElementById("whatif-error").textContent = messageOf(answer);
}

async function follow(running) {
  const answer = await askGranted("GET", `whatif/stock/${encodeURIComponent(running.dataset.run)}`);
  if (answer?.status !== 200 || !["waiting", "running"].includes(answer.body.state)) return location.reload();
  Object.assign(running.querySelector("progress"), { max: answer.body.products || 1, value: answer.body.done });
  setTimeout(follow, EVERY_MS, running);
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.getElementById("whatif-error").textContent = "";
    ask().catch((field) => complain(field, form.dataset.unread));
  });
  form.addEventListener("change", ({ target }) => {
    const row = target.closest(".item");
    if (row) showFields(row);
  });
  form.addEventListener("click", ({ target }) => {
    if (target.matches("[data-add]")) addRow().querySelector("select").focus();
    if (target.matches("[data-remove]")) target.closest(".item").remove();
  });
  fill(JSON.parse(form.dataset.scenario));
}
const running = document.getElementById("running");
if (running) setTimeout(follow, EVERY_MS, running);
listen(() => {});
