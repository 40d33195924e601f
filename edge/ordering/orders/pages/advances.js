// Payments before hand-over: take an advance at the register, refund any excess.

import { parseMinor } from "./amounts.js";
import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf, send } from "./outbox.js";

const $ = (id) => document.getElementById(id);
const LOOKS_MOST = 20, LOOK_MS = 700; // a provider makes a page within seconds
const CARD_LOOKS_MOST = 200; // a customer looks for their card
let owing = "";

// Adds the advance to this register's basket, to be paid like anything else; an empty amount means the full total.
export async function payAhead(order, typed, errors) {
  const amount_minor = typed ? parseMinor(typed) : undefined;
  if (amount_minor === null) return false;
  const answer = await send("TakeAdvance", { order, amount_minor });
  $(errors).textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status === 200) location.href = `/?register=${encodeURIComponent(document.body.dataset.register)}`;
  return answer.status === 200;
}

// The provider creates a page where the customer can pay from anywhere; the order, shown again, includes its QR code.
export async function askForPayment(order, typed, errors, shown) {
  const amount_minor = typed ? parseMinor(typed) : undefined;
  if (amount_minor === null) return;
  await asked(await send("AskForPayment", { order, amount_minor }), order, errors, shown);
}

// The customer presents a card at this register's terminal for the full amount due: charged now, or held until hand-over.
export async function askAtTerminal(order, errors, shown) {
  await asked(await send("AskForPayment", { order, way: "terminal" }), order, errors, shown, CARD_LOOKS_MOST);
}

// Charges the customer's stored card, after confirmation by the user.
export async function chargeCard({ charge, order, sure }, errors, shown) {
  if (await meant(sure)) await asked(await send("ChargeStoredMethod", { order, method: charge }), order, errors, shown);
}

// Captures the amount held by the customer's bank, before hand-over.
export async function takeHeld(order, errors, shown) {
  await asked(await send("TakeHeld", { order }), order, errors, shown);
}

async function asked(answer, order, errors, shown, most = LOOKS_MOST) {
  $(errors).textContent = answer.status === 200 ? "" : messageOf(answer);
  for (let looks = 0; answer.status === 200 && looks < most; looks += 1) {
    await shown(order);
    if (!document.querySelector("#order-dialog[open] #pay-page [role=status]")) return; // it is made, or cannot be
    await new Promise((soon) => setTimeout(soon, LOOK_MS));
  }
}

export function askBack({ giveBack, said, sum }) {
  owing = giveBack;
  $("back-said").textContent = said;
  $("back-sum").textContent = sum;
  $("back-error").textContent = "";
  $("back-dialog").showModal();
}

export async function giveBack() {
  const answer = await sendGranted("GiveBackAdvance", { order: owing });
  $("back-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  if (answer?.status !== 200) return;
  $("back-dialog").close();
  $("order-dialog").close();
}
