// Paying for an order at the kiosk's terminal: started once, then its progress is shown until the terminal has answered.

import { ask } from "./kiosk_line.js";
import { say } from "./modes.js";

const $ = (id) => document.getElementById(id);
const LOOK_MS = 500;

// Waits until the payment is made, cancelled or failed; until then (`data-paying`) the kiosk serves no one else.
export async function payHere(button) {
  const { secret } = button.dataset;
  button.hidden = true;
  const told = $("pay-told");
  const answer = await ask("pay", { secret });
  if (answer.status !== 200) return failed(button, (answer.body?.refused ?? answer.body?.error)?.message ?? "");
  told.dataset.paying = "yes";
  $("pay-stop").hidden = false;
  for (;;) {
    await new Promise((soon) => setTimeout(soon, LOOK_MS));
    if (!told.isConnected) return;
    const { status, body } = await ask("pay/state", { secret });
    if (isFinal(status)) return failed(button, body?.error?.message ?? "");
    if (status !== 200) continue; // the box is away: what it knows it keeps
    if (told.textContent !== body.told) say((told.textContent = body.told));
    if (body.state === "failed") return failed(button, body.told);
    if (body.state === "paid") break;
  }
  delete told.dataset.paying;
  $("pay-stop").hidden = true;
  if ($("due-then")) $("due-then").hidden = true; // nothing is due any more
}

// A refusal that asking again doesn't change: not a box that is away (0, 5xx), slow (408) or busy (429).
const isFinal = (status) => status >= 400 && status < 500 && status !== 408 && status !== 429;

export const stopPaying = () => ask("pay/stop", { secret: $("pay-here").dataset.secret });

function failed(button, message) {
  const told = $("pay-told");
  if (!told) return;
  delete told.dataset.paying;
  told.textContent = message;
  button.hidden = false;
  $("pay-stop").hidden = true;
}
