// The manager's page: imports, labels, and the PIN.

import { parseQuantity } from "./amounts.js";
import { watch } from "./chart.js";
import "./dialogs.js";
import "./files.js";
import { sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { ask, messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { isTwice } from "./twice.js";

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
  // thousandths, as the shop counts them; weighed goods alone have any
  if (quantity.value) wanted.quantity = parseQuantity(quantity.value);
  show("labels-error", "");
  const answer = await sendGranted("PrintLabels", { kind: kind.value, labels: [wanted] });
  if (answer?.status === 200) product.value = quantity.value = "";
  else if (answer) show("labels-error", messageOf(answer));
});

document.getElementById("set-pin").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (!isTwice(form.elements)) return;
  document.body.toggleAttribute("data-pin-set", true);
  const answer = await ask("POST", "pin", { pin: form.elements.pin.value, old_pin: form.elements.old_pin.value });
  const done = answer.status === 200;
  show("pin-error", done ? "" : messageOf(answer));
  document.getElementById("pin-set").hidden = !done;
  document.body.toggleAttribute("data-pin-set", done);
  if (!done) return;
  form.reset();
  form.elements.old_pin.hidden = false;
  document.getElementById("step-pin")?.remove();
});

watchJobs((text) => show("import-error", text));

watch();
listen(() => {});
