// Correcting a goods receipt: the button in its row opens what was booked, for editing.

import { parseMinor, parseQuantity } from "./amounts.js";
import { open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";

const dialog = document.getElementById("receipt-dialog");

// `target`: the button; `again` refreshes the page afterwards.
export async function correct(target, sku, again) {
  const { receipt, quantity, cost } = target.dataset;
  const form = dialog.querySelector("form");
  let corrected = false;
  const send = async (data) => {
    const said = { quantity: parseQuantity(data.get("quantity")), cost: data.get("cost") ? parseMinor(data.get("cost")) : undefined };
    if (said.quantity === null || said.cost === null) return form.dataset.wrong;
    const body = { receipt: Number(receipt), sku, quantity: said.quantity, note: data.get("note") };
    if (said.cost !== undefined) body.unit_cost_minor = said.cost;
    const answer = await sendGranted("CorrectReceipt", body);
    corrected = answer?.status === 200;
    return corrected ? null : answer ? messageOf(answer) : "";
  };
  await open("receipt-dialog", send, () => {
    form.elements.quantity.value = quantity;
    form.elements.cost.value = cost;
  });
  if (corrected) await again();
}
