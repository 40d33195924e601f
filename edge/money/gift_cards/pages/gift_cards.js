// Gift cards: close a card, book an expired balance, report a lost card.

import { meant } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

document.querySelector("main").addEventListener("click", async ({ target }) => {
  const { closeCard, noteCard, bookCard, sure } = target.dataset;
  const card = closeCard ?? noteCard ?? bookCard;
  if (!card || (sure && !(await meant(sure)))) return;
  if (closeCard) undoBy(command("ReopenCard", { card }), here("#card-moves"));
  const answer = bookCard
    ? await askGranted("POST", "gift-cards/book-expired", { card })
    : await sendGranted(closeCard ? "CloseCard" : "NoteCardLoss", { card });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("cards-error").textContent = messageOf(answer);
});
listen(() => {});
