// Exports and imports master data as a table (`table_of` of templates/entity_form.html). An import is all or nothing; errors
// in the file are listed line by line.

import { fetchFile } from "./files.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";

const SHOWN = 8;

// An error as a line of text: "Line 3, fee_minor: ...".
const said = (line) => ({ line: number, field, message }) => `${line.replace("%", number)}${field && `, ${field}`}: ${message}`;

addEventListener("click", ({ target }) => {
  const place = target.closest("[data-table]");
  const { table } = place?.dataset ?? {};
  if (target.matches("[data-save-table]")) fetchFile(`master-data/${table}.csv`, `${table}.csv`);
  if (target.matches("[data-bring-table]")) place.querySelector("[type=file]").click();
});

addEventListener("change", async ({ target }) => {
  const place = target.type === "file" && target.closest("[data-table]");
  if (!place) return;
  const [file] = target.files;
  target.value = ""; // the same file again, once it is mended
  const answer = await askGranted("POST", `master-data/${place.dataset.table}.csv`, file, { "Content-Type": "text/csv" });
  if (!answer) return;
  if (answer.status === 200) return location.reload();
  const faults = (answer.body.faults ?? []).slice(0, SHOWN).map(said(place.dataset.line));
  place.querySelector("output").textContent = [messageOf(answer), ...faults].join("\n");
});
