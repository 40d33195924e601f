// Of payments: an entry is set.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

document.getElementById("entry").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { id, value } = event.target.elements;
  const answer = await sendGranted("SetPaymentsEntry", { id: id.value, value: Number(value.value) });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("entry-error").textContent = messageOf(answer);
});
listen(() => {});
