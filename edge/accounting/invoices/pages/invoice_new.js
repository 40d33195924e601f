// The form that creates an invoice for a sale, then shows it.

import "./dialogs.js";
import { fieldsOf, sendOrAsk } from "./invoice_fields.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const { register } = document.body.dataset;

document.getElementById("invoice-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await sendOrAsk("IssueInvoice", { receipt: Number(form.dataset.number), print: false, ...fieldsOf(form) });
  if (answer?.status === 200) location.assign(`/manager/invoice?${new URLSearchParams({ register, number: answer.body.done.result.number })}`);
  else if (answer) form.querySelector(".error").textContent = messageOf(answer);
});
listen(() => {});
