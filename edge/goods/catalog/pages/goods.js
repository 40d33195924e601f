// The manager's product list: htmx and listing.js do the rest.

import { amountFault, parseMinor, parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { askGranted } from "./grants.js";
import { spots } from "./listing.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

// Combines a range's two numbers into one value, NAME:LOW-HIGH. An invalid number changes nothing.
function bound(range) {
  const [low, high] = range.querySelectorAll("input[inputmode]");
  if (!low.validity.valid || !high.validity.valid) return;
  const number = ({ value }) => (value.trim() ? String(parseQuantity(value) / 1000) : "");
  const wanted = low.value || high.value ? `${range.dataset.attribute}:${number(low)}-${number(high)}` : "";
  range.querySelector("[name=attribute]").value = wanted;
}

for (const range of document.querySelectorAll("[data-attribute]")) {
  range.addEventListener("input", () => bound(range));
  bound(range);
}

// A category link drops the search text: anyone who picks a category wants to see all of it.
document.querySelector(".filter").addEventListener("submit", (event) => event.preventDefault());

// A price edited here is the manager's own value, as on the product's page.
spots({
  price: {
    mark: (field) => field.toggleAttribute("data-money", true),
    save: (sku, text, field) => {
      const minor = parseMinor(text, field);
      if (minor === null) return field.setCustomValidity(amountFault(text, field));
      const was = parseMinor(field.dataset.was, field);
      const shown = [`/manager/product?sku=${encodeURIComponent(sku)}`, 'main [name="price_minor"]'];
      undoBy(["PATCH", `products/${encodeURIComponent(sku)}`, { price_minor: was }], shown);
      return askGranted("PATCH", `products/${encodeURIComponent(sku)}`, { price_minor: minor });
    },
  },
});

listen(() => {});
