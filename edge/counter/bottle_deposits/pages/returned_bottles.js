// Returned bottles: each return can be undone at this register, after confirmation.

import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const error = document.querySelector("#bottles > .error");

addEventListener("click", async ({ target }) => {
  const { undo, ask } = target.dataset ?? {};
  if (!undo || !(await meant(ask))) return;
  error.textContent = "";
  const answer = await sendGranted("UndoBottles", { number: Number(undo) });
  if (answer?.status === 200) return location.reload();
  error.textContent = answer ? messageOf(answer) : "";
});
listen(() => {});
