// Voices as a hint: the days of what was done for it, and the switch.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

document.getElementById("hint").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { assessed, declared, is_on } = event.target.elements;
  const said = { is_on: is_on.checked, assessed: assessed.value, declared: declared?.value ?? "" };
  const answer = await sendGranted("SetVoiceHint", said);
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("hint-error").textContent = messageOf(answer);
});
listen(() => {});
