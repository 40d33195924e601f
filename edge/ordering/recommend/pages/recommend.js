// Suggestions: switches, a new count, and what is pinned or banned.

import "./dialogs.js";
import "./picker.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

async function send(name, body, done = () => location.reload()) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) done();
  else document.getElementById("recommend-error").textContent = answer ? messageOf(answer) : "";
  return answer?.status === 200;
}

addEventListener("click", async ({ target }) => {
  if (target.dataset.free) await send("SetSuggestionRule", { sku: target.dataset.free, rule: "none" });
  if (target.id === "revert") await send("RevertRecommendations", {});
  if (target.id === "train") await send("TrainRecommendations", {}, () => (document.getElementById("training").hidden = false));
});

addEventListener("change", async ({ target }) => {
  const { setting } = target.dataset;
  if (setting && !(await send("SetSetting", { name: setting, value: target.checked }))) target.checked = !target.checked;
});

document.getElementById("rule").addEventListener("submit", async (event) => {
  event.preventDefault();
  await send("SetSuggestionRule", { sku: event.target.elements.sku.value.trim(), rule: event.submitter.value });
});

listen(() => {});
