// Orders and suggestions: one tap turns a suggestion into a draft order.

import { amountFault, parseMinor } from "./amounts.js";
import { address, tell, withdrawing } from "./purchasing_forms.js";
import { sendGranted } from "./grants.js";
import { listen } from "./push.js";
import { carry } from "./stock_carried.js";
import { undoBy } from "./toast.js";

addEventListener("click", async ({ target }) => {
  if (target.dataset.carry) {
    const { carry: sku, from: from_location, to: to_location, quantity } = target.dataset;
    const body = { from_location, to_location, lines: [{ sku, quantity: Number(quantity) }] };
    if (tell("suggested-error", await carry(body))) location.reload();
    return;
  }
  if (target.dataset.priceOf) return askPrice(target);
  const { draft: supplier, location: place } = target.dataset;
  if (!supplier) return;
  target.disabled = true;
  const answer = await sendGranted("OrderSuggested", { supplier, location: place, skus: JSON.parse(target.dataset.skus) });
  target.disabled = false;
  if (tell("suggested-error", answer)) location.assign(address("purchase", answer.body.done.result));
});

// Asks for a product's price at a supplier right below it; after that the product can be suggested.
const price = document.getElementById("price");

function askPrice(button) {
  price.elements.sku.value = button.dataset.priceOf;
  price.querySelector("[data-price-name]").textContent = button.closest("tr").querySelector("bdi").textContent;
  price.hidden = false;
  inTheirs();
  price.elements.cost.focus();
}

function inTheirs() {
  const { supplier, cost } = price.elements;
  cost.dataset.currency = supplier.selectedOptions[0].dataset.currency;
}

price?.elements.supplier.addEventListener("change", inTheirs);
price?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { sku, supplier, cost, pack } = price.elements;
  const cost_minor = parseMinor(cost.value, cost);
  if (cost_minor === null) return (document.getElementById("price-error").textContent = amountFault(cost.value, cost));
  const body = { supplier: supplier.value, sku: sku.value, cost_minor, pack: Number(pack.value || 1) };
  undoBy(...withdrawing(body));
  if (tell("price-error", await sendGranted("SetSupplierPrice", body))) location.reload();
});

listen(() => {});
