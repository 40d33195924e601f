// Gift cards: one of them can be closed, and a loss noted.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

document.querySelector("main").addEventListener("click", async ({ target }) => {
  const { closeCard, noteCard } = target.dataset;
  if (!closeCard && !noteCard) return;
  const answer = await sendGranted(...(closeCard ? ["CloseCard", { card: closeCard }] : ["NoteCardLoss", { card: noteCard }]));
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("cards-error").textContent = messageOf(answer);
});
listen(() => {});
