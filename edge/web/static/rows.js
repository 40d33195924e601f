// Groups of rows in a form: cases, suppliers, a category's attributes. Rows are added from the group's template.

import { amountFault } from "./amounts.js";

const cells = (row) => [...row.querySelectorAll("[data-column]")];
const typed = (cell) => (cell.type === "checkbox" ? cell.checked : cell.value.trim());
const written = (group) => JSON.stringify([...group.querySelectorAll(".item")].map((row) => cells(row).map(typed)));

// Remembers each group's rows as the server wrote them, and handles the buttons that add and remove rows.
export function watch(form) {
  for (const group of form.querySelectorAll("[data-group]")) {
    group.dataset.before = written(group);
    group.addEventListener("click", ({ target }) => {
      if (target.matches("[data-add]")) add(group);
      if (target.matches("[data-remove]")) remove(group, target.closest(".item"));
    });
  }
}

export const changedGroups = (form) =>
  [...form.querySelectorAll("[data-group]")].filter((group) => written(group) !== group.dataset.before);

// The rows of a group as the API takes them, without empty ones. Throws the cell that can't be read.
export function valueOf(group, readers) {
  const rows = [...group.querySelectorAll(".item")].filter((row) => cells(row).some(stands)).map((row) => read(row, readers));
  const single = (row) => ("" in row ? row[""] : row);
  if (group.dataset.by === undefined) return rows.map(single);
  const keys = JSON.parse(group.dataset.before).map(([key]) => key);
  const gone = Object.fromEntries(keys.map((key) => [key, null]));
  return { ...gone, ...Object.fromEntries(rows.map(({ name, ...rest }) => [name, "value" in rest ? rest.value : rest])) };
}

const stands = (cell) => cell.type !== "checkbox" && !cell.matches("select") && typed(cell) !== "";

function read(row, readers) {
  const found = {};
  for (const cell of cells(row)) {
    const text = typed(cell);
    const { column, kind } = cell.dataset;
    if (text === "" && !cell.hasAttribute("data-must")) continue;
    const taken = cell.type === "checkbox" ? text : readers[kind](text, cell);
    if (taken === null || text === "") throw cell;
    const [name, key] = column.split(".");
    if (key === undefined) found[name] = taken;
    else (found[name] ??= {})[key] = taken;
  }
  return found;
}

// Adds a row at the end and focuses its first field.
export function add(group) {
  const rows = group.querySelector(".rows");
  rows.append(group.querySelector("template").content.cloneNode(true));
  const first = rows.lastElementChild.querySelector("[data-column]");
  first.focus();
  return first;
}

function remove(group, row) {
  row.remove();
  group.querySelector("[data-add]").focus();
}

// Shows an error at the field that the answer names; returns false if it names none.
export function blame(form, { status, body }, text) {
  const path = status === 400 && /`\$\.([\w.]+)/.exec(body.error?.message ?? "")?.[1];
  const name = path && path.split(".").at(-1).replace("_minor", "");
  const field = name && (form.elements[path] ?? form.elements[name] ?? form.elements[`${name}_minor`]);
  if (field) complain(field, text);
  return Boolean(field);
}

// Says at a field that it cannot be read, or what can be, until it is changed.
export function complain(field, text) {
  if (!(field instanceof Element)) throw field;
  field.setCustomValidity(field.matches("[data-money]") && field.value.trim() ? amountFault(field.value, field) : (field.dataset.unread ?? text));
  field.reportValidity();
  field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
}
