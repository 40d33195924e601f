// Other tills: their settings, items waiting for a product, and webhooks that weren't understood, to be retried or dropped.

import { parseQuantity } from "./amounts.js";
import { serve } from "./entity_form.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
serve(main, () => main.querySelector("[name=new_id]").value);

const tell = (answer, where) => {
  if (answer?.status === 200) location.reload();
  else where.textContent = answer ? messageOf(answer) : "";
};

async function say(form, sku) {
  const { pos, item } = form.dataset;
  const { quantity, measure, restock } = form.elements;
  const said = { sku, quantity: parseQuantity(quantity.value || "1"), measure: sku ? measure.value : "", restock: restock.value };
  if (!said.quantity) return quantity.focus();
  const address = `other-till-items/${encodeURIComponent(pos)}/${encodeURIComponent(item)}`;
  tell(await askGranted("PUT", address, said), form.querySelector(".error"));
}

main.addEventListener("submit", (event) => {
  if (!event.target.matches(".held")) return;
  event.preventDefault();
  const sku = event.target.elements.sku;
  if (sku.value.trim()) say(event.target, sku.value.trim());
  else sku.focus();
});
main.addEventListener("click", async ({ target }) => {
  if ("nothing" in target.dataset) say(target.closest(".held"), "");
  const error = document.getElementById("tills-error");
  const { retry, drop } = target.dataset;
  const all = "all" in target.dataset;
  if (retry) tell(await sendGranted("RetryHook", { id: Number(retry), all }), error);
  if (drop) tell(await sendGranted("DropHook", { id: Number(drop), all }), error);
});
listen(() => {});
