// Suppliers' invoices: one is brought and read.

import "./dialogs.js";
import { granted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const { register, lang } = document.body.dataset;

document.getElementById("bring").addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = event.target.elements.file.files[0];
  const answer = await granted((grant) => bring(file, grant));
  if (answer?.status === 201) location.href = `/manager/supplier-invoice?id=${answer.body.number}&register=${register}&lang=${lang}`;
  else document.getElementById("bring-error").textContent = answer ? messageOf(answer) : "";
});

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
