// Software: when updates may be installed, and updates from a USB stick.

import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

function setsOn(form, name, valueOf) {
  document.getElementById(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const was = Object.fromEntries([...event.target.elements].map((field) => [field.name, { value: field.defaultValue }]));
    undoBy(command("SetSetting", { name, value: valueOf(was) }), here(`#${form}`));
    const answer = await sendGranted("SetSetting", { name, value: valueOf(event.target.elements) });
    if (answer?.status === 200) location.reload();
    else if (answer) document.getElementById("software-error").textContent = messageOf(answer);
  });
}
setsOn("window", "software.window", ({ begins, ends }) => `${begins.value}-${ends.value}`);
setsOn("blocked", "software.blocked_days", ({ days }) => days.value.trim());
setsOn("pinned", "software.pinned_until", ({ until }) => until.value);

function show(answer, error) {
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById(error).textContent = messageOf(answer);
}
document.getElementById("go-back")?.addEventListener("click", async ({ target }) =>
  show(await sendGranted("TakeBackUpdate", { release: target.dataset.release }), "software-error"));
document.getElementById("look-again").addEventListener("click", () => location.reload());
document.getElementById("sticks").addEventListener("click", async ({ target }) => {
  if (!("take" in target.dataset)) return;
  const { release, digest } = target.closest("[data-release]").dataset;
  show(await sendGranted("TakeRelease", { release, digest }), "stick-error");
});
listen(() => {});
