// The buyer's details on an invoice, and the commands that use them.

import { sendGranted } from "./grants.js";
import { send } from "./outbox.js";

export function fieldsOf(form) {
  const value = (name) => form.elements[name]?.value.trim() ?? "";
  return Object.fromEntries(["name", "address", "country", "tax_number", "email", "language"].map((name) => [name, value(name)]));
}

// Cashiers may do this on the day of the sale; after that it takes the PIN of someone who may read invoices.
export async function sendOrAsk(name, body) {
  const answer = await send(name, body);
  return answer.status === 403 ? sendGranted(name, body) : answer;
}
