// Who speaks where: a choice holds at once.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

addEventListener("change", async ({ target }) => {
  if (!target.dataset.setting) return;
  const answer = await sendGranted("SetSetting", { name: target.dataset.setting, value: target.value });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("speakers-error").textContent = messageOf(answer);
});

listen(() => {});
