// The manager's list of products: htmx does the rest.

import { parseQuantity } from "./amounts.js";
import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

// What lies between two numbers is asked for as one value: NAME:LOW-HIGH. What is no number changes nothing.
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

// A category's link keeps no text: whoever chooses a category wants to see all of it.
document.querySelector(".filter").addEventListener("submit", (event) => event.preventDefault());

listen(() => {});
