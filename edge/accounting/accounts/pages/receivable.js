// One account: its terms, orders delivered in parts, and which payment settles what.

import { parseMinor, parseQuantity, plainMinor } from "./amounts.js";
import { meant } from "./dialogs.js";
import "./files.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { introduce } from "./picker.js";
import { listen } from "./push.js";

const { customer, wrong } = document.querySelector("main").dataset;
const errorIn = (part) => part.closest("form")?.querySelector(".error") ?? part.closest("section").querySelector(":scope > .error");
const say = (part, text) => (errorIn(part).textContent = text);

// Sends a command, then reloads the page or shows the error next to the button.
async function ask(part, command, body) {
  say(part, "");
  const answer = await sendGranted(command, body);
  if (answer?.status === 200) location.reload();
  else say(part, answer ? messageOf(answer) : "");
}

const terms = document.getElementById("account");
const limit = terms.elements.limit;
if (limit.dataset.minor) limit.value = plainMinor(Number(limit.dataset.minor), limit);
terms.addEventListener("submit", (event) => {
  event.preventDefault();
  const { customer: who, terms_days: days, hold_after_days: hold, dunning } = terms.elements;
  const minor = limit.value.trim() ? parseMinor(limit.value, limit) : undefined;
  if (minor === null) return say(terms, wrong);
  const account = { customer: who.value.trim(), terms_days: Number(days.value), hold_after_days: Number(hold.value), dunning: dunning.checked };
  ask(terms, "SetAccount", { account: minor === undefined ? account : { ...account, limit_minor: minor } });
});

document.getElementById("remind")?.addEventListener("click", ({ target }) => ask(target, "RemindCustomers", {}));
document.getElementById("invoice-all")?.addEventListener("click", ({ target }) => ask(target, "InvoiceAccount", { customer }));

const order = document.getElementById("order");
const lines = document.getElementById("lines");
function addLine() {
  const row = document.getElementById("order-line").content.firstElementChild.cloneNode(true);
  lines.append(row);
  introduce(row.querySelector("[data-pick]"));
}

// Lines without a product are skipped; a line without a price uses the list price.
function ordered() {
  const rows = [...lines.children].filter((row) => row.querySelector("[data-sku]").value.trim());
  const found = rows.map((row) => {
    const price = row.querySelector("[data-price]");
    const line = { sku: row.querySelector("[data-sku]").value.trim(), quantity: parseQuantity(row.querySelector("[data-quantity]").value) };
    return price.value.trim() ? { ...line, price_minor: parseMinor(price.value, price) } : line;
  });
  return found.length && found.every((line) => line.quantity && line.price_minor !== null) ? found : null;
}
if (order) {
  addLine();
  document.getElementById("add-line").addEventListener("click", addLine);
  document.getElementById("make-quote").addEventListener("click", () => {
    const found = ordered();
    if (!found) return say(order, wrong);
    ask(order, "MakeQuote", { customer, lines: found, valid_until: order.elements.valid_until.value });
  });
  order.addEventListener("submit", (event) => {
    event.preventDefault();
    const { due_on: due, partial_ok: part, override } = order.elements;
    const found = ordered();
    if (!found) return say(order, wrong);
    ask(order, "OpenSalesOrder", { customer, lines: found, due_on: due.value, partial_ok: part.checked, override: override.value.trim() });
  });
}

for (const form of document.querySelectorAll("form.order[data-order]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = [...form.querySelectorAll("[data-sku]")].map((field) => ({ sku: field.dataset.sku, quantity: parseQuantity(field.value || "0"), lot: field.parentElement.querySelector("[data-lot]")?.value ?? "" }));
    const some = wanted.filter((line) => line.quantity !== 0);
    if (!some.length || some.some((line) => line.quantity === null)) return say(form, wrong);
    const before = Number(form.dataset.delivered);
    ask(form, "DeliverSalesOrder", { number: Number(form.dataset.order), lines: some, delivery_note: form.elements.delivery_note.value.trim(), delivered_before: before });
  });
}

const payment = document.getElementById("payment");
payment?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { amount, tender, reference } = payment.elements;
  const minor = parseMinor(amount.value, amount);
  const items = [...payment.querySelectorAll("[name=item]:checked")].map((one) => Number(one.value));
  if (!minor) say(payment, wrong);
  else ask(payment, "ReceivePayment", { customer, amount_minor: minor, tender: tender.value, reference: reference.value.trim(), items });
});

addEventListener("click", async ({ target }) => {
  const { accept, decline, over } = target.dataset ?? {};
  if (target.dataset?.ask ? !(await meant(target.dataset.ask)) : !accept) return;
  if (accept) return ask(target, "AcceptQuote", { number: Number(accept), although_over: over !== undefined });
  if (decline) return ask(target, "DeclineQuote", { number: Number(decline) });
  const { close, undo, charge, minor, end, card } = target.dataset;
  if (card) ask(target, "ChargeAccountCard", { customer, method: card });
  if (close) ask(target, "CloseSalesOrder", { number: Number(close) });
  if (undo) ask(target, "UndoPayment", { number: Number(undo) });
  if (charge) ask(target, "ChargeAccount", { customer, amount_minor: Number(minor), why: charge });
  if (end) ask(target, "EndAccount", { customer: end });
});
listen(() => {});
