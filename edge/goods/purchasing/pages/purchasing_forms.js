// Shared by the purchasing pages: addresses of orders, and error messages.

import { messageOf } from "./outbox.js";
import { command } from "./toast.js";

export const address = (page, id) =>
  `/manager/${page}?register=${document.body.dataset.register}&id=${encodeURIComponent(id)}`;

// Returns whether it succeeded; an error is shown in the element with that ID.
export function tell(id, answer) {
  const done = answer?.status === 200;
  document.getElementById(id).textContent = answer && !done ? messageOf(answer) : "";
  return done;
}

// The command that undoes a supplier price, and where the page shows it.
export const withdrawing = ({ supplier, sku }) => [
  command("WithdrawSupplierPrice", { supplier, sku }),
  [`/manager/supplier?id=${encodeURIComponent(supplier)}`, "#part-prices tbody"],
];
