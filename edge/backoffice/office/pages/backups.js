// Backups: make one now, test the newest, restore one, and choose where they go. Results are pushed into the status at
// the top.

import { meant } from "./dialogs.js";
import { askGranted, granted } from "./grants.js";
import { ask as request, messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { here, undoBy } from "./toast.js";

const form = document.getElementById("place");
const { how, folder, at } = form.elements;
const said = document.getElementById("place-said");
const AGAIN_MS = 2000;
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
  document.getElementById("choose-place")?.remove();
  if (how.value !== "none") ask("backup", "place-error");
});

addEventListener("click", ({ target }) => target.dataset.task && ask(target.dataset.task));
document.getElementById("choose-place")?.addEventListener("click", () => how.focus());

// Restoring: the backup is opened and checked first, which changes nothing; its form then confirms and restarts the box.
const restoring = document.getElementById("restore");
const lookInto = async (path, code, line) => tell(line, await askGranted("POST", "backups/look", { path, code }));

function complain(place, answer) {
  place.querySelector(".error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  return answer?.status === 200;
}

// While the box restarts and restores, its address answers 503, or nothing.
async function untilOpen() {
  const main = document.querySelector("main");
  main.replaceChildren(Object.assign(document.createElement("p"), { className: "card wide busy", role: "status", textContent: main.dataset.restarts }));
  let gone = false;
  for (;;) {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (gone && answer && answer.status !== 503) return location.reload();
    gone ||= !answer || answer.status === 503;
  }
}

async function confirmed(event, what, keep_since) {
  event.preventDefault();
  const body = { what, keep_since, shop: event.target.elements.shop.value };
  if (complain(event.target, await askGranted("POST", "backups/restore", body))) await untilOpen();
}

document.getElementById("restore-form")?.addEventListener("submit", (event) =>
  confirmed(event, "backup", event.target.elements.since?.value !== "leave"));
document.getElementById("office-form")?.addEventListener("submit", (event) => confirmed(event, "office", true));
document.getElementById("look-again")?.addEventListener("submit", (event) => {
  event.preventDefault();
  lookInto(event.target.dataset.path, event.target.elements.code?.value.trim() ?? "", "backups-error");
});

// Closes what the page shows; nothing of the shop is removed, so no message says so.
const close = (path) => granted((Grant) => request("DELETE", path, {}, { Grant }));

addEventListener("click", async ({ target }) => {
  const { look, cancel, leftOut, replaced, folder, sure } = target.dataset;
  if (look) await lookInto(look, "", "look-error");
  else if (cancel === "office") target.closest("details").open = false;
  else if (cancel && tell("backups-error", await close("backups/look"))) location.assign(location.pathname + location.search);
  else if ("dismiss" in target.dataset && (await close("backups/result"))?.status === 200) location.reload();
  else if (leftOut && (await meant(sure)) && complain(target.closest("section"), await askGranted("POST", "backups/left-out", { folder, answer: leftOut }))) await untilOpen();
  else if (replaced && (await meant(sure)) && complain(target.closest("section"), await askGranted("DELETE", `backups/replaced/${replaced}`))) location.reload();
});

for (const form of document.querySelectorAll(".write-off"))
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { folder, sure } = form.dataset;
    const body = { folder, answer: "settle", reason: form.elements.reason.value };
    if ((await meant(sure)) && complain(form.closest("section"), await askGranted("POST", "backups/left-out", body))) location.reload();
  });

if (location.hash === "#restore") restoring?.querySelector("h2").focus();

// Reload once a task is finished, so that the list shows a new backup, or the page the opened one.
const task = () => document.querySelector("#backup .busy")?.dataset.running;
let running = task();
listen(() => {
  const now = task();
  if (running && !now) {
    if (running === "look") history.replaceState(null, "", "#restore");
    location.reload();
  }
  running = now;
});
fit();
