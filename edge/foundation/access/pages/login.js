// Signing in on a personal device, and setting a password and a PIN with a code on paper.

import { tell as say } from "./dialogs.js";

const login = document.getElementById("login");
const setup = document.getElementById("setup");
const second = login.querySelector("[data-second]");

async function post(path, body) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const answer = await fetch(`/api/v1/auth/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const json = await answer.json();
  return { status: answer.status, ...json, wrong: json.refused ?? json.error };
}

const said = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
const tell = (form, text) => (form.querySelector(".error").textContent = text);

login.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await post("login", said(login)).catch(() => ({ status: 0 }));
  const code = answer.wrong?.code ?? "";
  if (["factor_code", "factor_sent", "factor_on_paper"].includes(code)) {
    second.hidden = false;
    second.querySelector("input").focus();
  }
  tell(login, answer.status === 200 ? "" : (answer.wrong?.message ?? "…"));
  if (answer.status !== 200) return;
  if (answer.ended?.length) await say(`${login.dataset.ended} ${answer.ended.join(", ")}`);
  location.assign("/account");
});

setup.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await post("setup", said(setup)).catch(() => ({ status: 0 }));
  tell(setup, answer.status === 200 ? "" : (answer.wrong?.message ?? "…"));
  setup.querySelector(".done").hidden = answer.status !== 200;
  if (answer.status === 200) {
    login.elements.email.value = setup.elements.email.value;
    setup.reset();
    login.elements.password.focus();
  }
});
