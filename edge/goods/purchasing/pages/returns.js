// Returns to a supplier: quantities entered in the rows, on one return note.

import { parseMinor, parseQuantity } from "./amounts.js";
import { sendGranted } from "./grants.js";
import { listen } from "./push.js";
import { tell } from "./purchasing_forms.js";

const form = document.getElementById("return");

// The rows with a quantity; null if a number can't be read.
function lines() {
  const found = [];
  for (const row of form.querySelectorAll("tbody tr")) {
    const [amount, credit] = ["quantity", "credit"].map((name) => row.querySelector(`[name=${name}]`).value.trim());
    if (!amount) continue;
    const quantity = parseQuantity(amount);
    const credit_minor = credit ? parseMinor(credit) : null;
    if (!quantity || (credit && credit_minor === null)) return null;
    const { sku, lot, location } = row.dataset;
    found.push({ sku, lot, location, quantity, credit_minor });
  }
  return found;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = lines();
  if (found === null) {
    document.getElementById("return-error").textContent = form.dataset.wrong;
    return;
  }
  const { supplier, document: note, number, replace } = form.elements;
  const body = { supplier: supplier.value, document: note.value.trim(), number: Number(number.value || 0), replace: replace.checked, lines: found };
  const answer = await sendGranted("ReturnToSupplier", body);
  if (tell("return-error", answer)) location.reload();
});

listen(() => {});
