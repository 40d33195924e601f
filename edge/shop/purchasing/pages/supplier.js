// One supplier: terms, prices, and a first line of an order.

import { parseMinor, parseQuantity } from "./amounts.js";
import { askGranted, sendGranted } from "./grants.js";
import { listen } from "./push.js";
import { address, tell } from "./purchasing_forms.js";

const form = document.getElementById("supplier");
const id = form.dataset.id;

// A line says what cannot be read.
function unread(line, ...values) {
  const wrong = values.some((value) => value === null || Number.isNaN(value));
  if (wrong) document.getElementById(line).textContent = form.dataset.notNumber;
  return wrong;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const names = {};
  for (const [key, value] of data) if (key.startsWith("name_") && value.trim()) names[key.slice(5)] = value.trim();
  const body = {
    id: id || data.get("id"),
    names,
    lead_time_days: Number(data.get("lead_time_days") || 0),
    rating: Number(data.get("rating")),
    minimum_order_minor: parseMinor(data.get("minimum_order") || "0", form.elements.minimum_order),
    fee_minor: parseMinor(data.get("fee") || "0", form.elements.fee),
    delivery_days: data.getAll("days").map(Number),
    currency: data.get("currency").trim(),
    contact_name: data.get("contact_name"),
    email: data.get("email"),
    phone: data.get("phone"),
    nightly: data.get("nightly") === "on",
    auto_approve_below_minor: parseMinor(data.get("auto_approve") || "0", form.elements.auto_approve),
    order_url: data.get("order_url").trim(),
    province: data.get("province").trim(),
  };
  if (form.elements.api_key?.value && !body.order_url) {
    document.getElementById("supplier-error").textContent = form.dataset.keyWithout;
    return form.elements.order_url.focus();
  }
  if (unread("supplier-error", body.lead_time_days, body.minimum_order_minor, body.fee_minor, body.auto_approve_below_minor)) return;
  if (!tell("supplier-error", await sendGranted("SetSupplier", body))) return;
  if (await keepKey()) location.assign(address("supplier", body.id));
});

// The key for their system, under the name that follows from its address; whether there is nothing left to do.
async function keepKey() {
  const field = form.elements.api_key;
  if (!field?.value) return true;
  const card = await askGranted("GET", `suppliers/${id}`);
  if (!tell("supplier-error", card)) return false;
  return tell("supplier-error", await askGranted("PUT", `secrets/${card.body.api_key_name}`, { value: field.value }));
}

document.getElementById("retire")?.addEventListener("click", async () => {
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
