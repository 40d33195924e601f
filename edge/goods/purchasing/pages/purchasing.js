// Orders and suggestions: a suggestion becomes a draft by one tap.

import { address, tell } from "./purchasing_forms.js";
import { sendGranted } from "./grants.js";
import { listen } from "./push.js";

addEventListener("click", async ({ target }) => {
  if (target.dataset.carry) {
    const { carry: sku, from: from_location, to: to_location, quantity } = target.dataset;
    const body = { from_location, to_location, lines: [{ sku, quantity: Number(quantity) }] };
    if (tell("suggested-error", await sendGranted("TransferStock", body))) location.reload();
    return;
  }
  const { draft: supplier, location: place } = target.dataset;
  if (!supplier) return;
  target.disabled = true;
  const answer = await sendGranted("OrderSuggested", { supplier, location: place, skus: JSON.parse(target.dataset.skus) });
  target.disabled = false;
  if (tell("suggested-error", answer)) location.assign(address("purchase", answer.body.done.result));
});

listen(() => {});
