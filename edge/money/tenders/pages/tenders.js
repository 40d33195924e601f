// The shop's own payment methods, and today's exchange rates.

import { digitsOf, parseRate } from "./amounts.js";
import { serve } from "./entity_form.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

const main = document.querySelector("main");

serve(main, () => `t${Date.now().toString(36)}`);
main.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.form !== "rate") return;
  event.preventDefault();
  const currency = form.elements.currency.value.toUpperCase();
  const scale = 10 ** (digitsOf(main.dataset.currency) - digitsOf(currency));
  const rateOf = (text) => Math.round(((parseRate(text) ?? 0) * scale) / 1000);
  const was = "today" in form.dataset ? rateOf(form.elements.rate.defaultValue) : 0;
  undoBy(command("SetRate", { currency, rate: was }), here('[data-form="rate"]'));
  const answer = await sendGranted("SetRate", { currency, rate: rateOf(form.elements.rate.value) });
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("tenders-error").textContent = messageOf(answer);
});
listen(() => {});
