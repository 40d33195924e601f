// What is hardly meant (refusals `confirm_...`) is asked about once, and then done. See edge/shop/till/rules/plausibility.py.

import { open } from "./dialogs.js";
import { messageOf, send } from "./outbox.js";

// The answer to a command; null if whoever was asked did not mean it.
export async function sendSure(name, body = {}, grant = null) {
  const answer = await send(name, body, grant);
  if (!answer.body.refused?.code.startsWith("confirm_")) return answer;
  return (await meant(messageOf(answer))) ? send(name, { ...body, confirmed: true }, grant) : null;
}

// What a dialog's act gives back: null closes it, a sentence stays in it, with what was typed.
export const settled = (answer) => (answer?.status === 200 ? null : answer ? messageOf(answer) : "");

// Asks whether somebody means it.
export async function meant(question) {
  let yes = false;
  const accept = () => ((yes = true), null);
  await open("sure-dialog", accept, (dialog) => (dialog.querySelector(".subject").textContent = question));
  return yes;
}
