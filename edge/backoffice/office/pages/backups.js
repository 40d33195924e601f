// Backups: make one now, test the newest, and choose where they go. Results are pushed into the status at the top.

import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { here, undoBy } from "./toast.js";

const form = document.getElementById("place");
const { how, folder, at } = form.elements;
const said = document.getElementById("place-said");
const USUAL = { disk: "edge", same_disk: "backups" };

function tell(id, answer) {
  document.getElementById(id).textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  return answer?.status === 200;
}

const ask = async (task, line = "backups-error") => tell(line, await askGranted("POST", "backups", { task }));

function fit() {
  for (const field of form.querySelectorAll("[data-of]")) field.hidden = !field.dataset.of.split(" ").includes(how.value);
  folder.required = how.value === "folder";
}

how.addEventListener("change", () => {
  folder.value = USUAL[how.value] ?? "";
  fit();
});

const placeOf = (kind, typed, time) => ({
  "backup.disk": kind.value === "disk" ? kind.dataset.disk : "",
  "backup.folder": kind.value === "none" ? "" : typed.trim() || (USUAL[kind.value] ?? ""),
  "backup.same_disk": kind.value === "same_disk",
  "backup.at": time,
});
const before = placeOf([...how.options].find((one) => one.defaultSelected) ?? how.options[0], folder.defaultValue, at.defaultValue);

// A new place is tested at once by making a backup there.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  said.textContent = "";
  const values = placeOf(how.selectedOptions[0], folder.value, at.value);
  undoBy(["PATCH", "configuration", { values: before, secrets: {} }], here("#place"));
  if (!tell("place-error", await askGranted("PATCH", "configuration", { values, secrets: {} }))) return;
  said.textContent = form.dataset.kept;
  document.querySelector('[data-task="backup"]').hidden = how.value === "none";
  if (how.value !== "none") ask("backup", "place-error");
});

addEventListener("click", ({ target }) => target.dataset.task && ask(target.dataset.task));

// Reload once a backup is finished, so that the list shows it.
let running = document.querySelector("#backup .busy") !== null;
listen(() => {
  const now = document.querySelector("#backup .busy") !== null;
  if (running && !now) location.reload();
  running = now;
});
fit();
