// One supplier's invoice: whose it is, what its lines are, and whether it is taken.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const number = Number(main.dataset.number);

async function ask(command, fields) {
  const answer = await sendGranted(command, { number, ...fields });
  if (answer?.status === 200) location.reload();
  else document.getElementById("invoice-error").textContent = answer ? messageOf(answer) : "";
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  const { command, at } = event.target.dataset;
  if (!command) return;
  const fields = Object.fromEntries(new FormData(event.target));
  ask(command, at === undefined ? fields : { ...fields, line: Number(at) });
});
main.addEventListener("click", ({ target }) => {
  const command = target.dataset.decide;
  if (!command) return;
  ask(command, command === "PostInvoice" ? {} : { note: target.form.elements.note.value });
});
listen(() => {});
