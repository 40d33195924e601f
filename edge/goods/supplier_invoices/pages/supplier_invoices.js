// Supplier invoices: upload one and have it read.

import "./dialogs.js";
import { granted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const { register, lang } = document.body.dataset;

document.getElementById("bring").addEventListener("submit", (event) => {
  event.preventDefault();
  read(event.target.elements.file.files[0]);
});
// Read a photo at once, without a second press: the user has the paper in the other hand.
document.getElementById("photograph").addEventListener("change", ({ target }) => target.files[0] && read(target.files[0]));

async function read(file) {
  const reading = document.getElementById("reading");
  reading.hidden = false;
  const answer = await granted((grant) => bring(file, grant));
  reading.hidden = true;
  if (answer?.status === 201) location.href = `/manager/supplier-invoice?id=${answer.body.number}&register=${register}&lang=${lang}`;
  else document.getElementById("bring-error").textContent = answer ? messageOf(answer) : "";
}

async function bring(file, grant) {
  const headers = { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant };
  try {
    const answer = await fetch(`/api/v1/invoices-in?name=${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}
listen(() => {});
