// One invoice: print it on a sheet or the receipt printer, mail it, or reissue it with corrected details.

import "./dialogs.js";
import { fieldsOf, sendOrAsk } from "./invoice_fields.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const { number } = document.querySelector("main").dataset;
const { register } = document.body.dataset;
const done = document.getElementById("invoice-done");
const show = (one) => location.assign(`/manager/invoice?${new URLSearchParams({ register, number: one })}`);
const WAYS = {
  sheet: () => sendOrAsk("PrintInvoice", { number, sheet: true }),
  roll: () => sendOrAsk("PrintInvoice", { number }),
  mail: () => sendOrAsk("MailInvoice", { number }),
};

addEventListener("click", async ({ target }) => {
  const way = target.dataset.print;
  if (!way) return;
  const answer = await WAYS[way]();
  const well = answer?.status === 200;
  document.getElementById("invoice-error").textContent = answer && !well ? messageOf(answer) : "";
  done.hidden = !well || way === "sheet";
  done.textContent = way === "mail" ? done.dataset.mailed : done.dataset.printed;
  if (!well || way !== "sheet") return;
  print(); // as it stands: the sheet says which copy it is
  show(number);
});

document.getElementById("correct-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await sendOrAsk("CorrectInvoice", { number, print: false, ...fieldsOf(form) });
  if (answer?.status === 200) show(answer.body.done.result.number);
  else if (answer) form.querySelector(".error").textContent = messageOf(answer);
});
listen(() => {});
