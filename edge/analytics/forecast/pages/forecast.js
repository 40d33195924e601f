// Forecasts: a chart of the table beside it, events, model versions, and files of past sales.

import "./dialogs.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { uuid7 } from "./ids.js";
import { messageOf } from "./outbox.js";
import { band } from "./plots.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

const complain = (answer) => (document.getElementById("history-error").textContent = answer ? messageOf(answer) : "");
let path = "";
const error = (answer) => (document.getElementById("forecast-error").textContent = answer ? messageOf(answer) : "");

const EVENTS = here("#occasions");

async function change(name, body) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.reload();
  else error(answer);
}

addEventListener("click", async ({ target }) => {
  const { end, occasion, promote } = target.dataset;
  if (end) {
    undoBy(command("SetOccasion", JSON.parse(occasion)), EVENTS);
    await change("EndOccasion", { id: end });
  }
  if (promote) {
    const used = document.querySelector("#models [data-used]")?.dataset.used;
    if (used) undoBy(command("PromoteModel", { model_version: used }), here("#models"));
    await change("PromoteModel", { model_version: promote });
  }
  if (target.id !== "retrain") return;
  const answer = await askGranted("POST", "forecasts/retrain", {});
  document.getElementById("retraining").hidden = answer?.status !== 202;
  if (answer?.status !== 202) error(answer);
});

document.getElementById("occasion").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const id = `o-${uuid7()}`;
  undoBy(command("EndOccasion", { id }), EVENTS);
  await change("SetOccasion", { ...Object.fromEntries(form), id, effect_percent: Number(form.get("effect_percent")) });
});

document.getElementById("calendar").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  const { register, lang } = document.body.dataset;
  const form = new FormData(document.getElementById("occasion"));
  const { effect_percent, category } = Object.fromEntries(form);
  const address = `/api/v1/forecasts/calendar?${new URLSearchParams({ effect_percent, category, lang })}`;
  const headers = { Register: register, Surface: "panel", "Content-Type": "text/calendar" };
  const answer = await granted(async (Grant) => {
    const got = await fetch(address, { method: "POST", body: file, headers: { ...headers, Grant } });
    return { status: got.status, body: await got.json() };
  });
  if (answer?.status !== 200) return error(answer);
  if (answer.body.omitted) location.hash = "calendar-omitted";
  location.reload();
});

document.getElementById("history").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  const { register, lang } = document.body.dataset;
  const address = `/api/v1/imports?${new URLSearchParams({ name: file.name, lang })}`;
  const brought = await granted(async (Grant) => {
    const got = await fetch(address, { method: "POST", body: file, headers: { Register: register, Surface: "panel", Grant } });
    return { status: got.status, body: await got.json() };
  });
  target.value = "";
  if (brought?.status !== 200) return complain(brought);
  path = brought.body.path;
  await look({});
});

document.getElementById("history-look").addEventListener("change", ({ target }) => {
  if (target.matches("select")) look(chosen(target));
  else if (target.matches('[name="form"]')) look(chosen(), target.value);
});

document.getElementById("history-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = new FormData(event.target);
  const own_days = said.get("own_days") ?? "keep";
  const answer = await sendGranted("ImportHistory", { path, columns: chosen(), own_days, form: said.get("form") ?? "" });
  complain(answer?.status === 200 ? null : answer);
  if (answer?.status !== 200) return;
  event.target.hidden = true;
  document.getElementById("brought").hidden = false;
});

// The column for each field. Every field is sent, so that the server guesses none; a field just chosen leaves its old column.
function chosen(last = null) {
  const selects = [...document.querySelectorAll("#history-look select")];
  const fields = [...(selects[0]?.options ?? [])].map((option) => option.value).filter(Boolean);
  const column = (field) => [last, ...selects].find((select) => select?.value === field)?.dataset.column ?? "";
  return Object.fromEntries(fields.map((field) => [field, column(field)]));
}

async function look(columns, form = "") {
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const headers = { Register: register, Surface: "panel", Grant, "Content-Type": "application/json" };
    const got = await fetch(`/fragments/history?lang=${lang}`, { method: "POST", headers, body: JSON.stringify({ path, columns, form }) });
    const text = await got.text();
    return { status: got.status, text, body: got.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : {} };
  });
  complain(answer?.status === 200 ? null : answer);
  if (answer?.status !== 200) return;
  document.getElementById("history-look").innerHTML = answer.text;
  document.getElementById("history-form").hidden = false;
  const complete = document.querySelector("#history-look table").dataset.complete;
  document.querySelector('#history-form [type="submit"]').disabled = !complete;
}

band(document.querySelector(".chart"), document.getElementById("by-period"), { label: "day", value: "value", low: "low", high: "high" });
listen(() => {});
