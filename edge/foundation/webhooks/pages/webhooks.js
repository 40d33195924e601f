// Webhooks: added behind a PIN, with a secret that is shown once; tested, resumed and removed.

import { meant } from "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { toast } from "./toast.js";

const form = document.getElementById("add");
const hooks = document.getElementById("hooks");
const look = document.getElementById("look");
const error = document.getElementById("webhooks-error");
const said = document.getElementById("webhooks-said");
const secret = document.getElementById("secret");

async function show() {
  const answer = await fetchGranted("/fragments/webhooks");
  if (answer?.status !== 200) return;
  look.parentElement.hidden = true;
  hooks.innerHTML = answer.text;
}

async function asked(method, path, body, done = "") {
  error.textContent = said.textContent = "";
  const answer = await askGranted(method, path, body);
  if (!answer) return null; // nobody entered the PIN
  const well = answer.status === 200;
  error.textContent = well ? "" : messageOf(answer);
  if (well && done) said.textContent = said.dataset[done];
  if (well) await show();
  return well ? answer.body : null;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { url } = form.elements;
  const types = [...form.querySelectorAll("[name=types]:checked")].map((one) => one.value);
  if (!url.value.trim()) return url.focus();
  const wanted = { url: url.value.trim(), types };
  const body = await asked("POST", "webhooks", wanted);
  if (!body) return;
  toast("saved", ["DELETE", `webhooks/${body.webhook.id}`, {}], ["/fragments/webhooks", `[data-remove="${body.webhook.id}"]`]);
  secret.hidden = false;
  secret.querySelector("code").textContent = body.webhook.secret;
  form.reset();
});

hooks.addEventListener("click", async ({ target }) => {
  const { test, again, remove, sure } = target.dataset;
  if (test) await asked("POST", `webhooks/${test}/test`, {}, "sent");
  else if (again) await asked("POST", `webhooks/${again}/again`, {}, "on");
  else if (remove && (await meant(sure))) await asked("DELETE", `webhooks/${remove}`, {}, "removed");
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
