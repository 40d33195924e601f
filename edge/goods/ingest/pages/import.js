// The page that imports: a file is brought, understood, looked at and taken; and exports are fetched.

import "./dialogs.js";
import { fetchFile } from "./files.js";
import { granted, sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const element = (id) => document.getElementById(id);
const complain = (text) => (element("import-error").textContent = text);
let path = null;

element("upload").addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  const file = event.target.elements.file.files[0];
  element("sending").hidden = false;
  const answer = await granted((grant) => bring(file, grant));
  element("sending").hidden = true;
  if (answer?.status !== 200) return complain(answer ? messageOf(answer) : "");
  path = answer.body.path;
  await look(null);
});

element("understood").addEventListener("change", (event) => {
  if (event.target.matches("select")) look(chosen());
});

element("run").addEventListener("submit", (event) => {
  event.preventDefault();
  run(false);
});

addEventListener("click", (event) => {
  if (event.target.closest("[data-run]")) run(true);
  const form = event.target.closest("[data-export]")?.dataset.export;
  if (event.target.closest("[data-export-shop]")) fetchFile("exports/shop.sqlite", "shop.sqlite");
  if (form) fetchFile(`exports/catalogue.${form}`, `catalogue.${form}`);
});

// The fields that are chosen, by column.
function chosen() {
  const selects = [...element("understood").querySelectorAll("select")];
  return Object.fromEntries(selects.filter((select) => select.value).map((select) => [select.dataset.column, select.value]));
}

async function look(columns) {
  complain("");
  const answer = await granted((grant) => request("POST", "/fragments/import", JSON.stringify({ path, columns }), grant));
  if (answer === null) return;
  if (answer.status !== 200) return complain(messageOf(answer));
  element("understood").innerHTML = answer.text;
  const mapping = element("understood").elements.mapping;
  element("run").hidden = !mapping.dataset.importable;
  if (columns === null) element("run").elements.source.value = mapping.dataset.source;
}

async function run(dry) {
  complain("");
  const form = element("run").elements;
  const answer = await sendGranted("ImportCatalog", {
    path,
    mapping: element("understood").elements.mapping.value,
    source: form.source.value.trim(),
    dry_run: dry,
    retire_missing: form.retire.checked,
    retire_percent: Number(form.percent.value),
  });
  if (answer && answer.status !== 200) complain(messageOf(answer));
}

// A request with the page's own headers; the text of its answer, and what it says as JSON.
async function request(method, url, body, grant) {
  const { register, lang } = document.body.dataset;
  const headers = { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant, "Content-Type": "application/json" };
  try {
    const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}lang=${lang}`, { method, headers, body });
    const text = await answer.text();
    return { status: answer.status, text, body: answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, text: "", body: {} };
  }
}

// Brings a file, showing how far it is.
function bring(file, grant) {
  return new Promise((done) => {
    const sending = new XMLHttpRequest();
    const { register, lang } = document.body.dataset;
    sending.open("POST", `/api/v1/imports?name=${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries({ "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant }))
      sending.setRequestHeader(name, value);
    sending.upload.onprogress = (event) => (element("sending").value = event.loaded / event.total);
    sending.responseType = "json";
    sending.onloadend = () => done({ status: sending.status, body: sending.response ?? {} });
    sending.send(file);
  });
}

watchJobs(complain);
listen(() => {});
