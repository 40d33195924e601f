// Card payments at the register's terminal: one press starts one, and the terminal's answer arrives by push.

import { open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { send } from "./outbox.js";
import { sendSure, settled } from "./sure.js";

const box = () => document.getElementById("card_payment");

// Without a terminal, the cashier confirms that a card payment was made.
export const closesWithZ = () => box().dataset.closes === "with_z";
export const hasTerminal = () => box().hasAttribute("data-terminal");

export const begin = (minor) => sendSure("BeginPayment", { amount_minor: minor });

// Handles the buttons beside a payment. `byHand` records a card payment taken elsewhere.
export function press(button, tell, byHand) {
  const { payment } = box().dataset;
  const { card } = button.dataset;
  if (card === "cancel") return send("CancelPayment", { payment }).then(tell);
  if (card === "signed" || card === "unsigned") return send("AnswerSignature", { payment, matches: card === "signed" }).then(tell);
  if (card === "by_hand") return byHand();
  const act = async (form) => settled(await sendGranted("ResolvePayment", { payment, taken: card === "paid", reason: form.get("reason").trim() }));
  return open("resolve-dialog", act, (dialog) => (dialog.querySelector("h2").textContent = button.textContent));
}
