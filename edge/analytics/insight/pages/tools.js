// Occasional tasks: import a product file, print labels, change the PIN.

import { parseQuantity } from "./amounts.js";
import "./dialogs.js";
import "./files.js";
import { sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import "./set_pin.js";

const show = (id, text) => (document.getElementById(id).textContent = text);

document.getElementById("import").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  show("import-error", "");
  const answer = await sendGranted("ImportCatalog", { path: form.elements.path.value.trim() });
  if (answer?.status === 200) form.reset();
  else if (answer) show("import-error", messageOf(answer));
});

document.getElementById("labels").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { product, kind, quantity, copies } = event.target.elements;
  const wanted = { product: product.value.trim(), copies: Number(copies.value) };
  // in thousandths, as everywhere in the shop; only weighed products have a quantity here
  if (quantity.value) wanted.quantity = parseQuantity(quantity.value);
  show("labels-error", "");
  const answer = await sendGranted("PrintLabels", { kind: kind.value, labels: [wanted] });
  if (answer?.status === 200) product.value = quantity.value = "";
  else if (answer) show("labels-error", messageOf(answer));
});

watchJobs((text) => show("import-error", text));
listen(() => {});
