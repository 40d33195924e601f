// Extensions: turning one on or off, and the restart that applies it.

import { meant } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

const list = document.getElementById("extensions");
const fault = document.getElementById("extensions-error");

list.addEventListener("click", async ({ target }) => {
  if (target.id === "look-again") return location.reload();
  const turnsOn = "on" in target.dataset;
  if (!turnsOn && !("off" in target.dataset)) return;
  const { package: name, publisher } = target.closest("[data-package]").dataset;
  if (!(await meant(target.dataset.sure))) return;
  fault.textContent = "";
  const [on, off] = [["TurnOnExtension", { package: name, publisher }], ["TurnOffExtension", { package: name }]];
  undoBy(command(...(turnsOn ? off : on)), here(`[data-package="${CSS.escape(name)}"]`));
  const answer = await sendGranted(...(turnsOn ? on : off));
  if (answer?.status === 200) location.reload();
  else if (answer) fault.textContent = messageOf(answer);
});

document.getElementById("restart")?.addEventListener("click", async () => {
  const answer = await askGranted("POST", "restart", {});
  if (answer?.status === 200) {
    const said = document.getElementById("extensions-said");
    said.textContent = said.dataset.restarting;
  } else if (answer) fault.textContent = messageOf(answer);
});
listen(() => {});
