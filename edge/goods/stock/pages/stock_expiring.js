// Expiring stock: write off each batch with two taps.

import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

addEventListener("click", async ({ target }) => {
  const { waste, location: place, lot, expiry, total, ask } = target.dataset;
  if (!waste) return;
  if (!(await meant(ask))) return;
  const body = { sku: waste, type: "waste", units: Number(total), location: place, lot, expiry, cause: "expired" };
  const answer = await sendGranted("RecordMovement", body);
  if (answer?.status === 200) location.reload();
  else document.getElementById("expiring-error").textContent = answer ? messageOf(answer) : "";
});

listen(() => {});
