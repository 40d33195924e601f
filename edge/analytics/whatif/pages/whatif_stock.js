// What-if for stock: turns the form into the API's scenario and waits for the answer.

import { parseQuantity } from "./amounts.js";
import "./dialogs.js";
import "./picker.js";
import { addRowTo, cell, fillGoods, goodsOf, plainThousandths, serve, whole } from "./whatif_form.js";

const form = document.getElementById("whatif-stock");

// A field's value, or null if it's empty; throws the field if it can't be read.
function read(field, kind = field.dataset.kind) {
  const text = field.value.trim();
  if (!text) return null;
  const value = kind === "whole" || kind === "percent" ? whole(text) : parseQuantity(text, field);
  if (value === null) throw field;
  return value;
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
  const row = addRowTo(form.querySelector("[data-group]"));
  showFields(row);
  return row;
}

// Fills the form with the last scenario.
function fill({ rules = [] }) {
  for (const one of rules) {
    const row = addRow();
    fillGoods(row, one.goods);
    if (one.reorder !== undefined) cell(row, "how").value = "at";
    else if (one.reorder_percent) cell(row, "how").value = one.reorder_percent < 0 ? "less" : "more";
    if (one.reorder !== undefined) cell(row, "reorder").value = plainThousandths(one.reorder);
    else if (one.reorder_percent) cell(row, "reorder").value = String(Math.abs(one.reorder_percent));
    for (const of of ["up_to", "quantity"]) if (one[of] !== undefined) cell(row, of).value = plainThousandths(one[of]);
    if (one.lead_days !== undefined) cell(row, "lead_days").value = String(one.lead_days);
    if (one.supplier) cell(row, "supplier").value = one.supplier;
    showFields(row);
  }
}

serve({ form, path: "whatif/stock", page: "whatif-stock", counted: "products", scenario, added: addRow, changed: showFields });
if (form) fill(JSON.parse(form.dataset.scenario));
