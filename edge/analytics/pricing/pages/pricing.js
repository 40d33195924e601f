// Proposed prices: accept or reject them, see the model behind them, and record competitors' prices.

import { parseMinor } from "./amounts.js";
import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";
import { complain as mark } from "./rows.js";

const complain = (answer) => (document.getElementById("pricing-error").textContent = answer ? messageOf(answer) : "");

async function send(name, body, done = () => location.reload()) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) done();
  else complain(answer);
}

// Records a competitor's price; `was` is the previously known one, if any, for undo.
function note(body, was) {
  const { sku, competitor } = body;
  undoBy(command("NoteCompetitorPrice", { sku, competitor, ...(was ? { price_minor: was } : {}) }), here("#elsewhere"));
  return send("NoteCompetitorPrice", body);
}

addEventListener("click", async ({ target }) => {
  const { answer, sku, forget, competitor, price } = target.dataset;
  if (answer) await send(answer, { skus: [sku] });
  if (forget) await note({ sku: forget, competitor }, Number(price));
  if (target.id === "revert") await send("RevertPriceModel", {});
  if (target.id === "train") await send("TrainPrices", {}, () => (document.getElementById("training").hidden = false));
});

document.getElementById("note").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { sku, competitor, price } = event.target.elements;
  const price_minor = parseMinor(price.value.trim());
  if (!(price_minor > 0)) return mark(price);
  const of = { sku: sku.value.trim(), competitor: competitor.value.trim() };
  const known = document.querySelector(`[data-forget="${CSS.escape(of.sku)}"][data-competitor="${CSS.escape(of.competitor)}"]`);
  await note({ ...of, price_minor }, known && Number(known.dataset.price));
});

listen(() => {});
