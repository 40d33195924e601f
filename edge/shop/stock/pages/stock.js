// The list of the stock: htmx asks for it; it is asked for anew when something moved. A scanned code opens its product.

import "./dialogs.js";
import { fetchFile } from "./files.js";
import { askGranted } from "./grants.js";
import { listen } from "./push.js";
import "./stock_camera.js";
import { whenMoved } from "./stock_moved.js";

const filter = document.querySelector(".filter");
const { register } = document.body.dataset;

// A scanner's Enter: the card of what was scanned, with the lot and the last day that the code says.
filter.addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = filter.elements.text.value.trim();
  const got = code ? await askGranted("POST", "inventory/scan", { code }) : null;
  if (got?.status !== 200) return;
  const { item, lot, expiry, packed } = got.body;
  location.assign(`/manager/stock/item?${new URLSearchParams({ register, sku: item.sku, lot, expiry, packed })}`);
});
// All of it as a table: as it is, or as it was at the end of a day.
document.getElementById("export")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const date = event.target.elements.date.value;
  const form = event.submitter?.value ?? "xlsx";
  fetchFile(`exports/stock.${form}`, `${date ? `stock-${date}` : "stock"}.${form}`, date ? { date } : {});
});
listen(whenMoved(() => htmx.trigger(filter, "moved")));
