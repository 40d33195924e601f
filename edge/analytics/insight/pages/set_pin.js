// The setup PIN: set the first one on Today, change it among the tools.

import { ask, messageOf } from "./outbox.js";
import { isTwice } from "./twice.js";

const show = (id, text) => (document.getElementById(id).textContent = text);

document.getElementById("set-pin")?.addEventListener("submit", async (event) => {
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
