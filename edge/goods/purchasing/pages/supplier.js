// One supplier: terms, prices, and starting an order.

import { parseMinor, parseQuantity } from "./amounts.js";
import { thingIn } from "./entity_form.js";
import { askGranted, sendGranted } from "./grants.js";
import { listen } from "./push.js";
import { address, tell, withdrawing } from "./purchasing_forms.js";
import { complain } from "./rows.js";
import { command, undoBy } from "./toast.js";

const form = document.getElementById("supplier");
const id = form.dataset.id;
// Undo: a command that restores the terms this page was loaded with.
const termsOf = (of) => [`/manager/supplier?id=${encodeURIComponent(of)}`, "#supplier"];
const asBefore = id ? command("SetSupplier", { ...thingIn(form), id }) : null;

// Shows an error in the given line if a value can't be read.
function unread(line, ...values) {
  const wrong = values.some((value) => value === null || Number.isNaN(value));
  if (wrong) document.getElementById(line).textContent = form.dataset.notNumber;
  return wrong;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  let body;
  try {
    body = { ...thingIn(form), ...(id && { id }) };
  } catch (held) {
    return complain(held);
  }
  if (form.elements.api_key?.value && !body.order_url) {
    document.getElementById("supplier-error").textContent = form.dataset.keyWithout;
    return form.elements.order_url.focus();
  }
  undoBy(asBefore ?? command("RetireSupplier", { id: body.id }), termsOf(body.id));
  if (!tell("supplier-error", await sendGranted("SetSupplier", body))) return;
  if (await keepKey()) location.assign(address("supplier", body.id));
});

// Stores the API key of the supplier's system under the name derived from its address. Returns whether all went well.
async function keepKey() {
  const field = form.elements.api_key;
  if (!field?.value) return true;
  const card = await askGranted("GET", `suppliers/${id}`);
  if (!tell("supplier-error", card)) return false;
  return tell("supplier-error", await askGranted("PUT", `secrets/${card.body.api_key_name}`, { value: field.value }));
}

document.getElementById("retire")?.addEventListener("click", async () => {
  undoBy(asBefore, termsOf(id));
  if (tell("supplier-error", await sendGranted("RetireSupplier", { id }))) location.reload();
});

document.getElementById("more-steps")?.addEventListener("click", ({ target }) => {
  const step = target.parentElement.querySelector(".step").cloneNode(true);
  for (const field of step.querySelectorAll("input")) field.value = "";
  target.before(step, " ");
  step.querySelector("input").focus();
});

document.getElementById("price")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = Object.fromEntries(new FormData(event.target));
  const cost_minor = parseMinor(data.cost, event.target.elements.cost);
  const [pack, min_packs] = [Number(data.pack || 1), Number(data.min_packs || 1)];
  const steps = [...event.target.querySelectorAll(".step")].map((step) => [...step.querySelectorAll("input")].map((field) => field.value.trim()));
  const breaks = steps.filter((step) => step.some(Boolean)).map(([packs, cost]) => ({ packs: packs ? Number(packs) : NaN, cost_minor: cost ? parseMinor(cost, event.target.elements.cost) : null }));
  if (unread("price-error", cost_minor, pack, min_packs, ...breaks.flatMap(Object.values))) return;
  const { sku, code, from_date, until_date } = data;
  const body = { supplier: id, sku: sku.trim(), code, cost_minor, pack, min_packs, from_date, until_date, breaks };
  undoBy(...withdrawing(body));
  if (tell("price-error", await sendGranted("SetSupplierPrice", body))) location.reload();
});

document.getElementById("first")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { sku, quantity } = event.target.elements;
  const wanted = parseQuantity(quantity.value);
  if (unread("first-error", wanted)) return;
  const lines = [{ sku: sku.value.trim(), quantity: wanted }];
  const answer = await sendGranted("CreatePurchaseOrder", { supplier: id, lines });
  if (tell("first-error", answer)) location.assign(address("purchase", answer.body.done.result));
});

listen(() => {});
