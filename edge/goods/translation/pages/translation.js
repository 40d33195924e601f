// Translations: accept, edit or reject pending ones; export and import files.

import "./dialogs.js";
import { serve } from "./entity_form.js";
import { fetchFile } from "./files.js";
import { granted, sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, toast } from "./toast.js";

const main = document.querySelector("main");
const { from: source_language, into: language } = main.dataset;
const { register, lang } = document.body.dataset;
const path = `translation-file?source_language=${source_language}&language=${language}`;
const complain = (answer) => (document.getElementById("translation-error").textContent = messageOf(answer));

// Shows the result, with Undo: the answer holds the texts as they were.
function done(answer) {
  if (answer?.status !== 200) return answer && complain(answer);
  const texts = answer.body.done.result;
  if (texts?.length) toast("done", command("RestoreTranslations", { language, texts }));
  location.reload();
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
  } else if (target.dataset.format) {
    await fetchFile(path, "", { format: target.dataset.format });
  }
});

document.getElementById("by-model")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const languages = [...event.target.querySelectorAll(":checked")].map(({ value }) => value);
  if (!languages.length) return;
  const answer = await sendGranted("OrderTranslations", { source_language, languages });
  if (answer && answer.status !== 200) complain(answer);
});

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
watchJobs((text) => (document.getElementById("translation-error").textContent = text));
serve(main, () => `t${Date.now().toString(36)}`);
listen(() => {});
