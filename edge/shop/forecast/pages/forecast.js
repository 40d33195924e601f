// Forecasts: the chart from the table beside it, what is on, versions, and files of what was sold before.

import "./dialogs.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { uuid7 } from "./ids.js";
import { messageOf } from "./outbox.js";
import { band } from "./plots.js";
import { listen } from "./push.js";

const error = (answer) => (document.getElementById("forecast-error").textContent = answer ? messageOf(answer) : "");

async function change(name, body) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.reload();
  else error(answer);
}

addEventListener("click", async ({ target }) => {
  const { end, promote } = target.dataset;
  if (end) await change("EndOccasion", { id: end });
  if (promote) await change("PromoteModel", { model_version: promote });
  if (target.id !== "retrain") return;
  const answer = await askGranted("POST", "forecasts/retrain", {});
  document.getElementById("retraining").hidden = answer?.status !== 202;
  if (answer?.status !== 202) error(answer);
});

document.getElementById("occasion").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const id = `o-${uuid7()}`;
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
  if (answer?.status === 200) location.reload();
  else error(answer);
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
  if (brought?.status !== 200) return error(brought);
  const answer = await sendGranted("ImportHistory", { path: brought.body.path });
  document.getElementById("brought").hidden = answer?.status !== 200;
  if (answer?.status !== 200) error(answer);
});

band(document.querySelector(".chart"), document.getElementById("by-period"), { label: "day", value: "value", low: "low", high: "high" });
listen(() => {});
