// One supplier's invoice: whose it is, what its lines are, and whether it is taken.

import "./dialogs.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const number = Number(main.dataset.number);
const read = JSON.parse(main.dataset.lines);

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

// a page of the paper is for managers alone, so it is asked for as they are, and not as a picture of anybody's page
for (const image of document.querySelectorAll("[data-sheet]")) show(image);

async function show(image) {
  const { register } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const got = await fetch(`/api/v1/invoices-in/${number}/pages/${image.dataset.sheet}.png`, { headers: { Register: register, Surface: "panel", Grant } });
    return got.ok ? { status: 200, body: {}, picture: await got.blob() } : { status: got.status, body: await got.json() };
  });
  if (!answer?.picture) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => (image.src = reader.result));
  reader.readAsDataURL(answer.picture);
}

const form = document.getElementById("correct");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await askGranted("POST", `invoices-in/${number}/corrections`, said());
  if (answer?.status === 200) location.reload();
  else document.getElementById("invoice-error").textContent = answer ? messageOf(answer) : "";
});
// the field that is looked at stands out on the paper
form?.addEventListener("focusin", ({ target }) => {
  for (const mark of document.querySelectorAll("[data-mark]")) mark.classList.toggle("on", mark.dataset.mark === target.dataset.field);
});

// all fields and lines as they stand in the form; what the form does not show of a line stays as it was read
function said() {
  const fields = [...form.querySelectorAll("[data-field]")].map((one) => ({ name: one.dataset.field, value: one.value.trim() }));
  const rows = [...form.querySelectorAll("[data-row]")].filter((row) => !row.querySelector("[data-drop]")?.checked && row.querySelector("[data-cell=name]").value.trim());
  const lines = rows.map((row, at) => {
    const cells = [...row.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell.value.trim()]);
    return { ...(read[row.dataset.row] ?? {}), id: String(at + 1), ...Object.fromEntries(cells) };
  });
  return { fields, lines };
}
listen(() => {});
