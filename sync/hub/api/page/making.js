// What stores make, and what they sell on account: open orders of both, and bills of materials.

import { byId, count, dayText, money, productNames, rowsOf, state, storeName, t, table, words } from "./common.js";

const FACTOR = 1000; // quantities come in thousandths
const today = () => new Date().toISOString().slice(0, 10);
const amount = (value) => new Intl.NumberFormat(state.lang, { maximumFractionDigits: 3 }).format(value / FACTOR);
const said = (prefix, name) => words[state.lang][`${prefix}_${name}`] || name;
const pill = (text, kind = "") => ({ text, className: `pill ${kind}` });

// Planned but not begun by its start date, or begun but not done by its due date.
function isLate(row) {
  const until = row.state === "planned" ? row.start_on : row.state === "in_progress" ? row.due_on : "";
  return Boolean(until) && until < today();
}

async function openOf(name, states) {
  return (await Promise.all(states.map((one) => rowsOf(name, { state: one })))).flat();
}

export async function making(still) {
  const chosen = byId("work-show").value;
  const states = chosen && chosen !== "late" ? [chosen] : ["planned", "in_progress"];
  const sku = byId("making-sku").value.trim();
  const narrowed = sku ? { sku } : {};
  const [work, sales, bills] = await Promise.all([openOf("work-orders", states), openOf("sales-orders", ["open", "partial"]), rowsOf("boms", narrowed)]);
  const names = await productNames([...work, ...bills, ...bills.map(({ component, store }) => ({ sku: component, store }))]);
  if (!still()) return;
  const called = (one) => names.get(one) || one;
  const shown = work.filter((row) => (!sku || row.sku === sku) && (chosen !== "late" || isLate(row)));
  shown.sort((one, other) => (one.start_on < other.start_on ? -1 : 1));
  table("work", [
    ["store", "", (row) => storeName(row.store)],
    ["number", "number", (row) => count(row.number)],
    ["product", "text", (row) => called(row.sku)],
    ["quantity", "number", (row) => amount(row.quantity)],
    ["good", "number", (row) => amount(row.good)],
    ["scrap", "number", (row) => amount(row.scrap)],
    ["starts", "", (row) => dayText(row.start_on)],
    ["state", "", (row) => (isLate(row) ? pill(t("work_late"), "warning") : pill(said("work", row.state)))],
  ], shown);
  table("sales-orders", [
    ["store", "", (row) => storeName(row.store)],
    ["number", "number", (row) => count(row.number)],
    ["wanted_on", "", (row) => dayText(row.due_on)],
    ["total", "number", (row) => money(row.total_minor, row.currency)],
    ["to_deliver", "number", (row) => money(row.left_minor, row.currency)],
    ["state", "", (row) => (row.due_on && row.due_on < today() ? pill(t("work_late"), "warning") : pill(said("sales", row.state)))],
  ], sales);
  table("bills", [
    ["store", "", (row) => storeName(row.store)],
    ["product", "text", (row) => called(row.sku)],
    ["component", "text", (row) => called(row.component)],
    ["quantity", "number", (row) => `${amount((row.quantity * FACTOR) / row.makes)} ${row.measure}`.trim()],
    ["yield", "number", (row) => `${new Intl.NumberFormat(state.lang, { maximumFractionDigits: 1 }).format(row.yield_permille / 10)} %`],
    ["version", "number", (row) => count(row.version)],
  ], bills.filter((row) => row.active));
}
