// Which device speaks where; a choice is saved at once.

import "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

addEventListener("change", async ({ target }) => {
  if (!target.dataset.setting) return;
  const { setting: name } = target.dataset;
  const was = [...target.options].find((option) => option.defaultSelected) ?? target.options[0];
  undoBy(command("SetSetting", { name, value: was.value }), here(`[data-setting="${CSS.escape(name)}"]`));
  const answer = await sendGranted("SetSetting", { name: target.dataset.setting, value: target.value });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("speakers-error").textContent = messageOf(answer);
});

addEventListener("click", async ({ target }) => {
  const { record, minutes } = target.closest("button")?.dataset ?? {};
  if (!record) return;
  const answer = await askGranted("POST", "chat/recording", { register: record, minutes: Number(minutes) });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("speakers-error").textContent = messageOf(answer);
});

listen(() => {});
