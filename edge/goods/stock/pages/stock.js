// The stock list: loaded by htmx, and again after each stock movement. A scanned code opens its product.

import { parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { fetchFile } from "./files.js";
import { askGranted } from "./grants.js";
import { spots } from "./listing.js";
import { listen } from "./push.js";
import "./stock_camera.js";
import { whenMoved } from "./stock_moved.js";
import { asked } from "./sure.js";
import { toast } from "./toast.js";

const filter = document.querySelector(".filter");
const { register } = document.body.dataset;

// A scanner's Enter opens the product's card, with the batch and expiry date from the code.
filter.addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = filter.elements.text.value.trim();
  const got = code ? await askGranted("POST", "inventory/scan", { code }) : null;
  if (got?.status !== 200) return;
  const { item, lot, expiry, packed } = got.body;
  location.assign(`/manager/stock/item?${new URLSearchParams({ register, sku: item.sku, lot, expiry, packed })}`);
});
// Exports the whole list: current stock, or stock at the end of a given day.
document.getElementById("export")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const date = event.target.elements.date.value;
  const form = event.submitter?.value ?? "xlsx";
  fetchFile(`exports/stock.${form}`, `${date ? `stock-${date}` : "stock"}.${form}`, date ? { date } : {});
});

// A quantity counted by hand, for the location shown, or the only one.
spots({
  count: {
    mark: (field) => field.toggleAttribute("data-number", true),
    save: async (sku, text, field) => {
      const quantity = parseQuantity(text);
      if (quantity === null) return field.setCustomValidity(document.getElementById("fault-words").dataset.number);
      const body = { transaction_type: "ADJUSTMENT", quantity: quantity / 1000, location_id: filter.elements.location?.value || "main" };
      const path = `inventory/items/${encodeURIComponent(sku)}/adjust`;
      const answer = await asked((answers) => askGranted("POST", path, { ...body, answers }));
      const shown = [`/fragments/stock?${new URLSearchParams(new FormData(filter))}`, `[data-spot="count"][data-key="${CSS.escape(sku)}"]`, "data-value"];
      if (answer?.status === 200) toast("saved", ["POST", path, { ...body, quantity: Number(field.dataset.was) }], shown);
      return answer;
    },
  },
});

listen(whenMoved(() => htmx.trigger(filter, "moved")));
