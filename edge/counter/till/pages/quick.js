// Quick keys at the till: a press adds the product to the basket, or three of it if the code box holds "3*".

import * as scan from "./scan.js";
import { sendSure } from "./sure.js";

let shown = "0"; // which page of keys, also when they are rendered anew

export function press(target, tell) {
  const tab = target.closest("[data-key-page]");
  const key = target.closest("[data-quick]");
  if (tab) show((shown = tab.dataset.keyPage));
  if (!key) return;
  const quantity = scan.takeQuantity();
  sendSure("AddLine", quantity ? { sku: key.dataset.quick, quantity } : { sku: key.dataset.quick }).then(tell);
  scan.focus();
}

function show(page) {
  for (const tab of document.querySelectorAll("[data-key-page]")) tab.setAttribute("aria-selected", String(tab.dataset.keyPage === page));
  for (const grid of document.querySelectorAll("#quick [data-page]")) grid.hidden = grid.dataset.page !== page;
}

// Disable products that the kitchen reported as sold out, until they're available again.
export function strike() {
  const out = new Set(JSON.parse(document.getElementById("run_out").dataset.skus));
  for (const key of document.querySelectorAll("[data-quick]")) {
    const gone = out.has(key.dataset.quick);
    if (gone || "runOut" in key.dataset) key.disabled = gone;
    if (gone) key.dataset.runOut = "";
    else delete key.dataset.runOut;
  }
}

addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "quick") strike();
  if (target.id === "quick" && target.querySelector(`[data-key-page="${CSS.escape(shown)}"]`)) show(shown);
});
