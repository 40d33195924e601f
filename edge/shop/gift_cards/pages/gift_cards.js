// Gift cards: one of them can be closed.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

document.querySelector("main").addEventListener("click", async ({ target }) => {
  const { closeCard } = target.dataset;
  if (!closeCard) return;
  const answer = await sendGranted("CloseCard", { card: closeCard });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("cards-error").textContent = messageOf(answer);
});
listen(() => {});
