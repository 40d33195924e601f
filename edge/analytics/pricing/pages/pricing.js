// Proposed prices: a yes or no to one, the model behind them, and what others ask.

import { parseMinor } from "./amounts.js";
import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain as mark } from "./rows.js";

const complain = (answer) => (document.getElementById("pricing-error").textContent = answer ? messageOf(answer) : "");

async function send(name, body, done = () => location.reload()) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) done();
  else complain(answer);
}

addEventListener("click", async ({ target }) => {
  const { answer, sku, forget, competitor } = target.dataset;
  if (answer) await send(answer, { skus: [sku] });
  if (forget) await send("NoteCompetitorPrice", { sku: forget, competitor });
  if (target.id === "revert") await send("RevertPriceModel", {});
  if (target.id === "train") await send("TrainPrices", {}, () => (document.getElementById("training").hidden = false));
});

document.getElementById("note").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { sku, competitor, price } = event.target.elements;
  const price_minor = parseMinor(price.value.trim());
  if (!(price_minor > 0)) return mark(price);
  await send("NoteCompetitorPrice", { sku: sku.value.trim(), competitor: competitor.value.trim(), price_minor });
});

listen(() => {});
