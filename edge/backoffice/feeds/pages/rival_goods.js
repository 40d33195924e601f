// Goods that only competitors sell: one is matched with a product, or hidden.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import "./picker.js";
import { listen } from "./push.js";

const main = document.querySelector("main");

async function decide(command, row, fields = {}) {
  const { competitor, theirs } = row.dataset;
  const answer = await sendGranted(command, { competitor, theirs, ...fields });
  if (answer?.status === 200) location.reload();
  else document.getElementById("goods-error").textContent = answer ? messageOf(answer) : "";
}

main.addEventListener("click", ({ target }) => {
  if ("drop" in target.dataset) decide("DropRivalGood", target.closest("tr"));
});
main.addEventListener("submit", (event) => {
  event.preventDefault();
  decide("MatchRivalGood", event.target.closest("tr"), { sku: event.target.elements.sku.value.trim() });
});
listen(() => {});
