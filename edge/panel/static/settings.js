// The manager's page of users, settings and texts: shown behind a PIN, and shown anew after every change.

import "./dialogs.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const found = document.getElementById("found");

function fragment(name) {
  const { register, lang } = document.body.dataset;
  return granted(async (Grant) => {
    const got = await fetch(`/fragments/${name}?lang=${lang}`, { headers: { Register: register, Surface: "panel", Grant } });
    return { status: got.status, text: await got.text() };
  });
}

async function show() {
  const answer = await fragment("settings");
  if (answer?.status === 200) found.innerHTML = answer.text;
}

async function tell(answer) {
  if (!answer) return; // nobody entered the PIN
  const done = answer.status === 200;
  document.getElementById("settings-error").textContent = done ? "" : messageOf(answer);
  if (done) await show();
  else document.getElementById("settings-error").scrollIntoView({ block: "center" });
}

const lines = (text) => text.split("\n").map((line) => line.trimEnd()).filter((line, at, all) => line || at < all.length - 1);
const VALUES = { choice: JSON.parse, number: Number, lines };

const FORMS = {
  user(form) {
    const { name, role, pin } = form.elements;
    return askGranted("POST", "users", { id: form.dataset.id ?? "", name: name.value, role: role.value, pin: pin.value });
  },
  setting: (form) =>
    sendGranted("SetSetting", { name: form.dataset.name, value: VALUES[form.dataset.kind](form.elements.value.value) }),
  async code(form) {
    const answer = await fragment("recovery-code");
    if (answer?.status === 200) form.querySelector("output").textContent = answer.text;
  },
  text(form) {
    const { place, begins, ends } = form.elements;
    const said = ["en", "fr", "he"].map((lang) => [lang, form.elements[lang].value.trim()]).filter(([, text]) => text);
    const body = { place: place.value, texts: Object.fromEntries(said) };
    return askGranted("POST", "texts", { ...body, begins: begins.value || null, ends: ends.value || null });
  },
};

found.addEventListener("submit", async (event) => {
  event.preventDefault();
  await tell(await FORMS[event.target.dataset.form](event.target));
});

found.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-command]");
  if (button) await tell(await sendGranted(button.dataset.command, JSON.parse(button.dataset.body)));
});

document.getElementById("look").addEventListener("click", show);
listen(() => {});
