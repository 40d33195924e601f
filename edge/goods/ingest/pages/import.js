// Import: upload a file, match its columns, preview and import it; also exports.

import "./dialogs.js";
import { fetchFile } from "./files.js";
import { granted, sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { askPiece, bring } from "./uploads.js";

const element = (id) => document.getElementById(id);
const complain = (text) => (element("import-error").textContent = text);
let path = null;

element("upload").addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  const file = event.target.elements.file.files[0];
  const answer = await granted((grant) => bring(file, grant, element("sending")));
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

// The chosen field for each column.
function chosen() {
  const selects = [...element("understood").querySelectorAll("select")];
  return Object.fromEntries(selects.filter((select) => select.value).map((select) => [select.dataset.column, select.value]));
}

async function look(columns) {
  complain("");
  const answer = await granted((grant) => askPiece("/fragments/import", { path, columns }, grant));
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

watchJobs(complain);
listen(() => {});
