// The manager's page of users, settings and texts: shown behind a PIN, and shown anew after every change.

import "./dialogs.js";
import { askGranted, fetchGranted, managing, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain } from "./rows.js";
import { isTwice } from "./twice.js";
import { changed } from "./typed.js";

const found = document.getElementById("found");
const look = document.getElementById("look");

const forms = () => [...found.querySelectorAll("form")];
const named = ({ dataset: { form, id, name } }) => [form, id, name].join();
const typed = (form) => [...form.elements].filter((field) => field.name && changed(field)).map(({ name, value }) => [name, value]);

// What is typed into other forms than the saved one stays as it is.
async function show(saved) {
  const answer = await fetchGranted("/fragments/settings");
  if (answer?.status !== 200) return;
  const kept = new Map(forms().map((form) => [named(form), form === saved ? [] : typed(form)]));
  found.innerHTML = answer.text;
  look.closest("section").hidden = true;
  for (const form of forms()) for (const [name, value] of kept.get(named(form)) ?? []) form.elements[name].value = value;
  const again = saved && forms().find((form) => named(form) === named(saved));
  (again?.querySelector("[type=submit]") ?? found).focus({ preventScroll: true });
}

async function tell(answer, saved) {
  if (!answer) return; // nobody entered the PIN
  const done = answer.status === 200;
  document.getElementById("settings-error").textContent = done ? "" : messageOf(answer);
  if (done) await show(saved);
  else document.getElementById("settings-error").scrollIntoView({ block: "center" });
}

const lines = (text) => text.split("\n").map((line) => line.trimEnd()).filter((line, at, all) => line || at < all.length - 1);
const VALUES = { choice: JSON.parse, number: Number, lines, numbers: lines };

// What stands in the field of a setting; throws the field where it holds too many lines, or too long ones.
function valueOf({ dataset: { kind }, elements: { value: field } }) {
  const value = VALUES[kind](field.value);
  const { many, longest } = field.dataset;
  const listed = kind === "lines" || kind === "numbers";
  if (listed && (value.length > many || value.some((line) => line.length > longest))) throw field;
  return kind === "numbers" ? value.map(Number) : value;
}

const FORMS = {
  user(form) {
    const { name, role, pin } = form.elements;
    if (!isTwice(form.elements)) return null;
    return askGranted("POST", "users", { id: form.dataset.id ?? "", name: name.value, role: role.value, pin: pin.value });
  },
  setting: async (form) => sendGranted("SetSetting", { name: form.dataset.name, value: valueOf(form) }),
  async code(form) {
    const answer = await fetchGranted("/fragments/recovery-code");
    if (answer?.status === 200) form.querySelector("output").textContent = answer.text;
  },
  kept: (form) => askGranted("POST", "recovery-code", { end: form.elements.end.value }),
  async text(form) {
    const { place, begins, ends } = form.elements;
    const said = ["en", "fr", "he"].map((lang) => [lang, form.elements[lang].value.trim()]).filter(([, text]) => text);
    if (!said.length) throw form.elements.en;
    const body = { place: place.value, texts: Object.fromEntries(said) };
    return askGranted("POST", "texts", { ...body, begins: begins.value || null, ends: ends.value || null });
  },
};

found.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  document.getElementById("settings-error").textContent = "";
  try {
    await tell(await FORMS[form.dataset.form](form), form);
  } catch (field) {
    complain(field, form.dataset.empty);
  }
});

found.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-command]");
  const { sure } = button?.dataset ?? {};
  if (button && (!sure || confirm(sure))) await tell(await sendGranted(button.dataset.command, JSON.parse(button.dataset.body)), button.form);
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
