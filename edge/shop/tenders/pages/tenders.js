// The shop's own tenders, and what foreign money is worth today.

import { parseRate } from "./amounts.js";
import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const exponents = { JPY: 0, KRW: 0, CLP: 0, ISK: 0, VND: 0, KWD: 3, BHD: 3, OMR: 3, JOD: 3, TND: 3 };

function tell(answer) {
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("tenders-error").textContent = messageOf(answer);
}

const FORMS = {
  tender(form) {
    const named = [...form.querySelectorAll("[name^='names.']")].filter((input) => input.value.trim());
    const names = Object.fromEntries(named.map((input) => [input.lang, input.value.trim()]));
    const id = form.dataset.id ?? `t${Date.now().toString(36)}`;
    return sendGranted("SetTender", { tender: { id, names, surplus: form.elements.surplus.value, back: form.elements.back.checked } });
  },
  rate(form) {
    const currency = form.elements.currency.value.toUpperCase();
    const typed = parseRate(form.elements.rate.value) ?? 0;
    const scale = 10 ** (Number(main.dataset.digits) - (exponents[currency] ?? 2));
    return sendGranted("SetRate", { currency, rate: Math.round((typed * scale) / 1000) });
  },
};

main.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell(await FORMS[event.target.dataset.form](event.target));
});
main.addEventListener("click", async ({ target }) => {
  const { end } = target.dataset;
  if (end) tell(await sendGranted("EndTender", { id: end }));
});
listen(() => {});
