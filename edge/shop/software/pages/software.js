// Of software: the hours in which it may be exchanged.

import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

document.getElementById("window").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { begins, ends } = event.target.elements;
  const answer = await sendGranted("SetSetting", { name: "software.window", value: `${begins.value}-${ends.value}` });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("software-error").textContent = messageOf(answer);
});
listen(() => {});
