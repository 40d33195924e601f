// Where the user is signed in: rendered again after every change.

import "./grants.js";
import { ask, messageOf } from "./outbox.js";
import { listen } from "./push.js";

const rows = document.getElementById("account");
const error = document.getElementById("account-error");
const { register, lang } = document.body.dataset;

async function show() {
  const headers = { Register: register };
  const answer = await fetch(`/fragments/account?lang=${lang}`, { headers }).catch(() => null);
  if (answer?.status === 200) rows.innerHTML = await answer.text();
}

const ACTS = {
  here: () => ask("POST", "auth/logout", {}),
  others: () => ask("DELETE", "auth/sessions"),
};

rows.addEventListener("click", async (event) => {
  const end = event.target.closest("[data-end]")?.dataset.end;
  if (!end) return;
  const answer = await (ACTS[end]?.() ?? ask("DELETE", `auth/sessions/${end}`));
  error.textContent = answer.status === 200 ? "" : messageOf(answer);
  await show();
  rows.focus({ preventScroll: true });
});

// Changing the password signs the user out everywhere, including here.
rows.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { present, password } = event.target.elements;
  const answer = await ask("POST", "auth/password", { present: present.value, password: password.value });
  error.textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status === 200) location.assign(`/login?lang=${lang}`);
});

await show();
listen(() => {});
