// Translations: what waits is taken, changed or refused; files go out and come back.

import "./dialogs.js";
import { serve } from "./entity_form.js";
import { fetchFile } from "./files.js";
import { granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const { from: source_language, into: language } = main.dataset;
const { register, lang } = document.body.dataset;
const path = `translation-file?source_language=${source_language}&language=${language}`;
const complain = (answer) => (document.getElementById("translation-error").textContent = messageOf(answer));

function done(answer) {
  if (answer?.status === 200) location.reload();
  else if (answer) complain(answer);
}

main.addEventListener("submit", async (event) => {
  if (!("text" in event.target.dataset)) return;
  event.preventDefault();
  const { key, source } = event.target.closest("[data-key]").dataset;
  const field = event.target.elements.text;
  const proposed = event.target.querySelector("[data-refuse]") && field.value === field.defaultValue;
  if (proposed) done(await sendGranted("AcceptTranslations", { language, keys: [key], flagged: true }));
  else done(await sendGranted("SetTranslation", { source_language, language, text: { key, source, text: field.value } }));
});

main.addEventListener("click", async ({ target }) => {
  if ("refuse" in target.dataset) {
    done(await sendGranted("RefuseTranslations", { language, keys: [target.closest("[data-key]").dataset.key] }));
  } else if (target.id === "accept-all") {
    const keys = [...main.querySelectorAll("[data-key]:not([data-flagged])")].map((one) => one.dataset.key);
    if (keys.length) done(await sendGranted("AcceptTranslations", { language, keys }));
  } else if (target.id === "by-model") {
    target.disabled = true;
    await byModel();
    target.disabled = false;
  } else if (target.dataset.format) {
    await fetchFile(path, "", { format: target.dataset.format });
  }
});

// A few names after the other, for as long as somebody looks on; what was proposed meanwhile waits, whoever leaves.
async function byModel() {
  const told = document.getElementById("by-model-told");
  const counts = { proposed: 0, left: 0 };
  let after = "";
  do {
    const answer = await granted((grant) => ask(grant, { source_language, language, after }));
    if (answer?.status !== 200) return answer && complain(answer);
    const { proposed = 0, same = 0, ...others } = answer.body.counts;
    counts.proposed += proposed + same;
    counts.left += Object.values(others).reduce((sum, one) => sum + one, 0);
    told.textContent = main.dataset.modelled.replace(/\{(\w+)\}/g, (_, name) => counts[name]);
    after = answer.body.after;
  } while (after);
}

async function ask(grant, body) {
  const headers = { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant, "Content-Type": "application/json" };
  try {
    const answer = await fetch("/api/v1/translation-batch", { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

document.getElementById("bring").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await granted((grant) => bring(grant, event.target.elements.file.files[0]));
  if (answer?.status !== 200) return answer && complain(answer);
  const { proposed = 0, same = 0, unknown = 0, outdated = 0, refused = 0 } = answer.body.counts;
  const counts = { proposed, same, left: unknown + outdated + refused };
  const told = main.dataset.brought.replace(/\{(\w+)\}/g, (_, name) => counts[name]);
  const named = answer.body.left.map(({ key }) => key).slice(0, 10);
  document.getElementById("told").textContent = [told, ...named].join(" · ");
});

async function bring(grant, body) {
  const headers = { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant };
  try {
    const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}
serve(main, () => `t${Date.now().toString(36)}`);
listen(() => {});
