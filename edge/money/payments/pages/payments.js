// Card payments: resolve payments with an unknown outcome, retry refunds, test and close terminals.

import { serve } from "./entity_form.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { uuid7 } from "./ids.js";
import { ask, messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const complain = (answer) => (document.getElementById("payments-error").textContent = answer ? messageOf(answer) : "");

function done(answer) {
  if (answer?.status === 200) location.reload();
  else complain(answer);
}

// Send as the register that the payment or terminal belongs to, not the one showing this page.
const at = (register, name, body) =>
  granted((Grant) => ask("POST", `commands/${name}`, body, { Grant, Register: register, "Idempotency-Key": `"${uuid7()}"` }), name);

serve(document.getElementById("providers"), (form) => `${form.driver}${Date.now().toString(36)}`);
serve(document.getElementById("routes"), () => `r${Date.now().toString(36)}`);

main.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.give) return give(event, form);
  if (form.dataset.settle) return settleRefund(event, form);
  if (!form.dataset.resolve) return;
  event.preventDefault();
  const taken = event.submitter?.value === "yes";
  const body = { payment: form.dataset.resolve, taken, reason: form.elements.reason.value.trim() };
  done(await at(form.dataset.register, "ResolvePayment", body));
});

// Cash comes out of the drawer of the register showing this page.
async function give(event, form) {
  event.preventDefault();
  const { give: payment, number } = form.dataset;
  done(await sendGranted("GiveRefundInCash", { payment, number: Number(number), reason: form.elements.reason.value.trim() }));
}

async function settleRefund(event, form) {
  event.preventDefault();
  const { settle: payment, number } = form.dataset;
  const given = event.submitter?.value === "yes";
  done(await sendGranted("ResolveCardRefund", { payment, number: Number(number), given, reason: form.elements.reason.value.trim() }));
}

main.addEventListener("click", async ({ target }) => {
  const retry = target.closest("[data-retry]");
  if (retry) return done(await sendGranted("RetryCardRefund", { payment: retry.dataset.retry, number: Number(retry.dataset.number) }));
  const lost = target.closest("[data-lose]");
  if (lost) return done(await sendGranted("LoseStored", { payment: lost.dataset.lose }));
  if (target.closest("[data-agree-offline]")) return done(await sendGranted("AgreeOffline", {}));
  const button = target.closest("[data-terminal]");
  if (button) await terminal(button);
});

async function terminal(button) {
  const place = button.closest(".terminal");
  const told = place.querySelector(".told");
  const { register } = place.dataset;
  told.textContent = "…";
  button.disabled = true;
  const answer = await {
    check: () => askGranted("GET", "terminal", undefined, { Register: register }),
    try: () => at(register, "TryTerminal", {}),
    close: () => askGranted("POST", "terminal/close", {}, { Register: register }),
  }[button.dataset.terminal]();
  button.disabled = false;
  if (answer?.status !== 200) told.textContent = answer ? messageOf(answer) : "";
  else if (button.dataset.terminal === "check") told.textContent = answer.body.told;
  else if (button.dataset.terminal === "try") told.textContent = told.dataset.tried;
  else told.textContent = answer.body.agrees ? told.dataset.agrees : told.dataset.differs;
}

listen(() => {});
