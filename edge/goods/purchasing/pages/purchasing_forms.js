// What the pages of purchasing share: where an order is, and what is said when something was refused.

import { messageOf } from "./outbox.js";
import { command } from "./toast.js";

export const address = (page, id) =>
  `/manager/${page}?register=${document.body.dataset.register}&id=${encodeURIComponent(id)}`;

// Whether it was done; what was refused stands in the line of that id.
export function tell(id, answer) {
  const done = answer?.status === 200;
  document.getElementById(id).textContent = answer && !done ? messageOf(answer) : "";
  return done;
}

// What undoes a supplier's price, and where it stands.
export const withdrawing = ({ supplier, sku }) => [
  command("WithdrawSupplierPrice", { supplier, sku }),
  [`/manager/supplier?id=${encodeURIComponent(supplier)}`, "#part-prices tbody"],
];
