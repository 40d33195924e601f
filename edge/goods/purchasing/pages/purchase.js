// One purchase order: its lines, its next step, and what arrived, by scanner or by hand.

import { parseMinor, parseQuantity } from "./amounts.js";
import { meant, open } from "./dialogs.js";
import { fetchFile } from "./files.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import "./stock_camera.js";
import { tell } from "./purchasing_forms.js";
import { correct } from "./stock_receipt.js";
import { scannedGoods } from "./stock_scan.js";

const order = document.getElementById("order");
const number = Number(order.dataset.number);

async function act(command, body) {
  if (tell("order-error", await sendGranted(command, { number, ...body }))) location.reload();
}

addEventListener("click", async ({ target }) => {
  const { do: command, ask } = target.dataset;
  if (!command || (ask && !(await meant(ask)))) return;
  const how = document.getElementById("acts").elements.how?.value;
  act(command, command === "SendPurchaseOrder" ? { how } : {});
});

// The lines in the form, without those set to zero; null if one can't be read.
function lines() {
  const found = [...document.querySelectorAll("[data-quantity]")].map((field) => ({
    sku: field.dataset.quantity,
    quantity: parseQuantity(field.value || "0"),
  }));
  if (found.some((line) => line.quantity === null)) return null;
  return found.filter((line) => line.quantity > 0);
}

function save(more = []) {
  const wanted = lines();
  if (wanted && more.every((line) => line.quantity !== null)) return act("SetPurchaseLines", { lines: [...wanted, ...more] });
  document.getElementById("order-error").textContent = order.dataset.notNumber;
  return null;
}

document.getElementById("save")?.addEventListener("click", () => save());
document.getElementById("add")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { sku, quantity } = event.target.elements;
  if (sku.value.trim()) save([{ sku: sku.value.trim(), quantity: parseQuantity(quantity.value) }]);
});
document.getElementById("print")?.addEventListener("click", () => print());

document.getElementById("csv")?.addEventListener("click", () => {
  fetchFile(`purchase-orders/${number}.csv`, `order-${number}.csv`);
});

document.getElementById("pdf")?.addEventListener("click", () => {
  fetchFile(`purchase-orders/${number}.pdf`, `order-${number}.pdf`);
});

for (const way of ["mail", "transmit"]) {
  document.getElementById(way)?.addEventListener("click", async ({ target }) => {
    target.disabled = true;
    const answer = await askGranted("POST", `purchase-orders/${number}/${way}`, {});
    target.disabled = false;
    if (tell("order-error", answer)) location.reload();
  });
}

const receive = document.getElementById("receive");
const came = document.getElementById("came");
const field = (row, name) => row.querySelector(`[name=${name}]`);

// A scan adds to its line, with the batch and expiry date from the code; a product not on the order gets a new line.
async function scanned(code) {
  const { sku = code, names = {}, units = 1, lot = "", expiry = "", packed = "" } = await scannedGoods(code);
  const fits = (row) => row.dataset.sku === sku && (!lot || ["", lot].includes(field(row, "lot").value));
  const row = [...came.rows].find(fits) ?? added(sku, names);
  const had = parseQuantity(field(row, "quantity").value || "0") ?? 0;
  field(row, "quantity").value = String((had + 1000 * units) / 1000);
  if (lot) field(row, "lot").value = lot;
  if (expiry) field(row, "expiry").value = expiry;
  if (packed) row.dataset.packed = packed;
  for (const one of came.rows) one.classList.toggle("scanned", one === row);
}

function added(sku, names) {
  const row = document.getElementById("came-row").content.firstElementChild.cloneNode(true);
  row.dataset.sku = sku;
  row.querySelector("bdi").textContent = names[document.body.dataset.lang] ?? Object.values(names)[0] ?? sku;
  came.append(row);
  return row;
}

// The goods received as a command body; null if a number can't be read.
function received() {
  const found = [];
  for (const row of came.rows) {
    const text = field(row, "quantity").value.trim();
    if (!text) continue;
    const quantity = parseQuantity(text);
    const cost = field(row, "cost")?.value.trim() ?? "";
    const unit_cost_minor = cost ? parseMinor(cost, field(row, "cost")) : null;
    if (quantity === null || (cost && unit_cost_minor === null)) return null;
    const [cause, lot, expiry] = ["cause", "lot", "expiry"].map((name) => field(row, name).value.trim());
    const place = cause ? "" : (receive.elements.location?.value ?? ""); // what is bad is put aside
    found.push({ sku: row.dataset.sku, quantity, unit_cost_minor, lot, expiry, location: place, cause, packed: row.dataset.packed ?? "" });
  }
  return found;
}

// This delivery's freight or duty: an empty list, one fee, or null if the amount can't be read.
function feesTyped() {
  const { fee, fee_kind, fee_by } = receive.elements;
  if (!fee?.value.trim()) return [];
  const amount_minor = parseMinor(fee.value.trim());
  return amount_minor ? [{ kind: fee_kind.value, amount_minor, by: fee_by.value }] : null;
}

receive?.elements.scan.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const code = event.target.value.trim();
  event.target.value = "";
  if (code) scanned(code);
});

document.getElementById("all")?.addEventListener("click", () => {
  for (const row of came.rows) {
    const line = order.querySelector(`tr[data-sku="${CSS.escape(row.dataset.sku)}"]`);
    if (line) field(row, "quantity").value = String(Number(line.dataset.open) / 1000);
  }
});

receive?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = received();
  const fees = feesTyped();
  if (found === null || fees === null) {
    document.getElementById("receive-error").textContent = order.dataset.notNumber;
    return;
  }
  const body = { number, delivery_note: receive.elements.note.value.trim(), lines: found, fees };
  const answer = await sendGranted("ReceivePurchaseOrder", body);
  if (tell("receive-error", answer)) location.reload();
});

// Adding freight to a delivery note, and correcting a goods receipt.
addEventListener("click", async ({ target }) => {
  if (target.dataset.receipt) return correct(target, target.dataset.sku, () => location.reload());
  const note = target.dataset.freight;
  if (note === undefined) return;
  const form = document.querySelector("#freight-dialog form");
  await open("freight-dialog", async (data) => {
    const amount_minor = parseMinor(data.get("amount"));
    if (amount_minor === null) return form.dataset.wrong;
    const about = { supplier: order.dataset.supplier, delivery_note: note, document: data.get("document") };
    const answer = await sendGranted("AddReceiptCost", { amount_minor, ...about });
    if (answer?.status !== 200) return answer ? messageOf(answer) : "";
    location.reload();
    return null;
  });
});

listen(() => {});
