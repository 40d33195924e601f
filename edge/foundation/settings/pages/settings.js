// The manager's page for settings and texts: shown behind a PIN, and rendered again after every change.

import "./dialogs.js";
import "./entity_table.js";
import { amountFault, parseMinor } from "./amounts.js";
import { askGranted, fetchGranted, managing, sendGranted } from "./grants.js";
import { isTouched, serve, swap } from "./kept_forms.js";
import { messageOf } from "./outbox.js";
import { introduce } from "./picker.js";
import { listen } from "./push.js";
import { command, toast, undoBy } from "./toast.js";

const found = document.getElementById("found");
const look = document.getElementById("look");

const ticks = (form) => [...form.querySelectorAll('[type="checkbox"]')];

async function show(saved) {
  const answer = await fetchGranted("/fragments/settings");
  if (answer?.status !== 200) return;
  swap(found, answer.text, saved);
  remember();
  showPart();
  for (const field of found.querySelectorAll("[data-pick]")) introduce(field);
  look.closest("section").hidden = true;
}

// Shows one section at a time, by the address (`#about-till`, `#recovery-code`); the first if it names none.
function showPart() {
  const links = [...found.querySelectorAll("nav.parts a")];
  const chosen = links.find(({ hash }) => hash === location.hash) ?? links.find((link) => link.ariaCurrent) ?? links[0];
  for (const link of links) link.ariaCurrent = link === chosen ? "true" : null;
  for (const one of found.querySelectorAll("[data-about]")) one.hidden = ![`#about-${one.dataset.about}`, one.id && `#${one.id}`].includes(chosen.hash);
  const saves = found.querySelector('[data-form="setting"]:not([hidden])') !== null;
  for (const one of found.querySelectorAll("[data-saves]")) one.hidden = !saves;
}

addEventListener("hashchange", showPart);

async function tell(answer, saved) {
  if (!answer) return; // nobody entered the PIN
  const done = answer.status === 200;
  document.getElementById("settings-error").textContent = done ? "" : messageOf(answer);
  if (done) await show(saved);
  else document.getElementById("settings-error").scrollIntoView({ block: "center" });
}

const lines = (text) => text.split("\n").map((line) => line.trimEnd()).filter((line, at, all) => line || at < all.length - 1);
const picked = (text) => text.split(",").map((one) => one.trim()).filter(Boolean);
const VALUES = { text: (typed) => typed.trim(), picked, choice: JSON.parse, number: Number, money: parseMinor, lines, numbers: lines };

// The value in a setting's field; throws the field if it can't be read, or has too many or too long lines.
function valueOf(form) {
  const { dataset: { kind }, elements: { value: field } } = form;
  if (kind === "several") return ticks(form).filter((one) => one.checked).map((one) => one.value);
  const value = VALUES[kind](field.value, field);
  if (value === null) throw field; // what was typed is no sum
  const { many, longest } = field.dataset;
  const listed = kind === "lines" || kind === "numbers";
  if (listed && (value.length > many || value.some((line) => line.length > longest))) throw field;
  return kind === "numbers" ? value.map(Number) : value;
}

const settings = () => [...found.querySelectorAll('[data-form="setting"]')];
const touched = () => settings().filter(isTouched);
function say(form, text) {
  form.querySelector(".error").textContent = text;
  for (const field of form.querySelectorAll("[name=value]")) field.toggleAttribute("aria-invalid", Boolean(text));
}

// Updates the bar: how many settings are unsaved, or that they were saved.
function count(saved = false) {
  const line = document.getElementById("touched");
  const many = touched().length;
  if (!line) return;
  line.textContent = many ? line.dataset.many.replace("{n}", many) : saved ? line.dataset.saved : "";
  document.getElementById("save").disabled = !many;
}

// The command that restores a setting: to its earlier value, or to none.
const said = new Map();
function putBack({ dataset: { name } }) {
  return said.has(name) ? ["commands/SetSetting", { name, value: said.get(name) }] : ["commands/ClearSetting", { name }];
}

// Where the page shows these settings.
const shownAt = (names) => ["/fragments/settings", names.map((name) => `[data-form="setting"][data-name="${CSS.escape(name)}"]`).join(", ")];

// The values set by managers or head office, before the user types here.
function remember() {
  said.clear();
  for (const form of settings()) {
    if (!form.querySelector('[data-command="ClearSetting"]') || isTouched(form)) continue;
    try {
      said.set(form.dataset.name, valueOf(form));
    } catch {
      continue; // it can't be read, and can't be put back
    }
  }
}

// Saves every change separately: a refusal is shown beside its field, which keeps what was typed.
async function save() {
  const done = [];
  const undo = [];
  const wrong = new Map();
  for (const form of touched()) {
    const { name } = form.dataset;
    const unfit = form.querySelector(":invalid");
    if (unfit) {
      wrong.set(name, unfit.validationMessage);
      continue;
    }
    try {
      const answer = await sendGranted("SetSetting", { name, value: valueOf(form) });
      if (!answer) break; // nobody entered the PIN
      if (answer.status === 200) {
        done.push(form);
        undo.unshift(["POST", ...putBack(form)]);
      }
      else wrong.set(name, messageOf(answer));
    } catch (field) {
      if (!field.dataset) throw field;
      wrong.set(name, field.matches("[data-money]") ? amountFault(field.value, field) : (field.dataset.unread ?? ""));
    }
  }
  if (done.length) {
    toast("saved", undo, shownAt(done.map(({ dataset: { name } }) => name)));
    await show(done);
  }
  for (const form of settings()) say(form, wrong.get(form.dataset.name) ?? "");
  const first = found.querySelector(".error:not(:empty)");
  const about = first?.closest("[data-about]")?.dataset.about;
  if (about) location.hash = `about-${about}`;
  showPart();
  first?.scrollIntoView({ block: "center" });
  count(done.length > 0);
}

async function addText(form) {
  const { place, begins, ends } = form.elements;
  const fields = [...form.querySelectorAll("textarea[lang]")];
  const said = fields.map(({ lang, value }) => [lang, value.trim()]).filter(([, text]) => text);
  if (!said.length) throw fields[0];
  const body = { place: place.value, texts: Object.fromEntries(said) };
  const answer = await askGranted("POST", "texts", { ...body, begins: begins.value || null, ends: ends.value || null });
  if (answer?.status === 200) toast("saved", command("EndText", { id: answer.body.done.events[0].id }));
  return answer;
}

const FORMS = {
  async setting() {
    await save();
  },
  async code(form) {
    const answer = await fetchGranted("/fragments/recovery-code", "POST");
    if (answer?.status === 200) form.querySelector("output").textContent = answer.text;
  },
  kept: (form) => askGranted("POST", "recovery-code", { end: form.elements.end.value }),
  text: addText,
};

function ended(name, body) {
  if (name === "ClearSetting" && said.has(body.name)) undoBy(command("SetSetting", { name: body.name, value: said.get(body.name) }), shownAt([body.name]));
  const text = name === "EndText" && document.getElementById(`text-${body.id}`);
  if (text) undoBy(command("SetText", JSON.parse(text.dataset.text)), ["/fragments/settings", `#text-${CSS.escape(body.id)}`]);
  return sendGranted(name, body);
}

serve(found, FORMS, ended, tell);
found.addEventListener("click", ({ target }) => target.id === "save" && save());
for (const kind of ["input", "change", "click", "keyup"]) found.addEventListener(kind, ({ target }) => target.closest('[data-form="setting"]') && count());
look.addEventListener("click", () => show());
if (managing()) show().then(() => location.hash && document.getElementById(location.hash.slice(1))?.scrollIntoView());
listen(() => {});
