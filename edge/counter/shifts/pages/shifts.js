// The manager's list of shifts: reprint their reports.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

addEventListener("click", async ({ target }) => {
  const { print, ofRegister } = target.dataset;
  if (!print) return;
  const answer = await sendGranted("PrintShift", { number: Number(print), of_register: ofRegister });
  document.getElementById("printed").hidden = answer?.status !== 200;
  document.getElementById("shifts-error").textContent = answer ? messageOf(answer) : "";
});

listen(() => {});
