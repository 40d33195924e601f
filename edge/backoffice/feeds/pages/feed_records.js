// Records of a run: one can be corrected, accepted or dropped.

import "./dialogs.js";
import "./files.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const run = Number(main.dataset.run);

async function decide(command, fields) {
  const answer = await sendGranted(command, { run, ...fields });
  if (answer?.status === 200) location.reload();
  else document.getElementById("records-error").textContent = answer ? messageOf(answer) : "";
}

main.addEventListener("click", ({ target }) => {
  if (target.dataset.take) decide("TakeRecord", { record: Number(target.dataset.take) });
  if (target.dataset.drop) decide("DropRecord", { record: Number(target.dataset.drop) });
});
main.addEventListener("submit", (event) => {
  event.preventDefault();
  const record = Number(event.target.closest("[data-record]").dataset.record);
  const { field, value } = event.target.elements;
  decide("MendRecord", { record, field: field.value, value: value.value });
});
listen(() => {});
