// What expires: thrown away by two taps, each lot by itself.

import { open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

addEventListener("click", async ({ target }) => {
  const { waste, location: place, lot, expiry, total, ask } = target.dataset;
  if (!waste) return;
  let yes = false;
  const accept = () => ((yes = true), null);
  await open("sure-dialog", accept, (dialog) => (dialog.querySelector(".subject").textContent = ask));
  if (!yes) return;
  const body = { sku: waste, type: "waste", units: Number(total), location: place, lot, expiry, cause: "expired" };
  const answer = await sendGranted("RecordMovement", body);
  if (answer?.status === 200) location.reload();
  else document.getElementById("expiring-error").textContent = answer ? messageOf(answer) : "";
});

listen(() => {});
