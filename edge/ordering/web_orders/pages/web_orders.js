// Orders from other channels: forms for the channels, and orders that need a person's decision.

import { serve } from "./entity_form.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");

main.addEventListener("click", async ({ target }) => {
  const { channel, reference, order, accepted } = target.dataset;
  const asked =
    "take" in target.dataset ? ["TakeWebOrder", { channel, order: JSON.parse(order), accepted_minor: accepted ? Number(accepted) : null }]
    : "drop" in target.dataset ? ["DropWebOrder", { channel, reference }]
    : null;
  if (!asked) return;
  const answer = await sendGranted(...asked);
  if (answer?.status === 200) location.reload();
  else main.querySelector(".error").textContent = answer ? messageOf(answer) : "";
});

serve(main, () => `c${Date.now().toString(36)}`);
listen(() => {});
