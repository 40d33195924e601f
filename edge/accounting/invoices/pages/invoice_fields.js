// What is typed of whom an invoice is made out to, and how it is asked for.

import { sendGranted } from "./grants.js";
import { send } from "./outbox.js";

export function fieldsOf(form) {
  const value = (name) => form.elements[name]?.value.trim() ?? "";
  return Object.fromEntries(["name", "address", "country", "tax_number", "email", "language"].map((name) => [name, value(name)]));
}

// Whoever sells may; later a PIN is asked for, of who may read invoices.
export async function sendOrAsk(name, body) {
  const answer = await send(name, body);
  return answer.status === 403 ? sendGranted(name, body) : answer;
}
