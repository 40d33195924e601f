// The list of the stock: htmx asks for it; it is asked for anew when something moved. A scanned code opens its product.

import "./dialogs.js";
import { askGranted } from "./grants.js";
import { listen } from "./push.js";
import { whenMoved } from "./stock_moved.js";

const filter = document.querySelector(".filter");
const { register } = document.body.dataset;

// A scanner's Enter: the card of what was scanned, with the lot and the last day that the code says.
filter.addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = filter.elements.text.value.trim();
  const got = code ? await askGranted("POST", "inventory/scan", { code }) : null;
  if (got?.status !== 200) return;
  const { item, lot, expiry } = got.body;
  location.assign(`/manager/stock/item?${new URLSearchParams({ register, sku: item.sku, lot, expiry })}`);
});
listen(whenMoved(() => htmx.trigger(filter, "moved")));
