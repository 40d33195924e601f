// Recommendations: settings, retraining, and pinned or banned products.

import "./dialogs.js";
import "./picker.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

async function send(name, body, done = () => location.reload()) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) done();
  else document.getElementById("recommend-error").textContent = answer ? messageOf(answer) : "";
  return answer?.status === 200;
}

// Sets a product's rule; undo restores the one shown in its row.
function rule(sku, to) {
  const was = document.querySelector(`[data-free="${CSS.escape(sku)}"]`)?.dataset.rule ?? "none";
  undoBy(command("SetSuggestionRule", { sku, rule: was }), here("#recommend-rules"));
  return send("SetSuggestionRule", { sku, rule: to });
}

addEventListener("click", async ({ target }) => {
  if (target.dataset.free) await rule(target.dataset.free, "none");
  if (target.id === "revert") await send("RevertRecommendations", {});
  if (target.id === "train") await send("TrainRecommendations", {}, () => (document.getElementById("training").hidden = false));
});

addEventListener("change", async ({ target }) => {
  const { setting } = target.dataset;
  if (!setting) return;
  undoBy(command("SetSetting", { name: setting, value: !target.checked }), here(`[data-setting="${CSS.escape(setting)}"]`));
  if (!(await send("SetSetting", { name: setting, value: target.checked }))) target.checked = !target.checked;
});

document.getElementById("rule").addEventListener("submit", async (event) => {
  event.preventDefault();
  await rule(event.target.elements.sku.value.trim(), event.submitter.value);
});

listen(() => {});
