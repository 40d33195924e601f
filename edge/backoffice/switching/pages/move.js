// Moving from another system: files are uploaded one by one, mapped, questioned, imported and taken back.

import { meant } from "./dialogs.js";
import "./files.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { askPiece, bring } from "./uploads.js";

const element = (id) => document.getElementById(id);
const complain = (text) => (element("move-error").textContent = text);
const cards = () => [...document.querySelectorAll("#files .file")];
const { most, tooMany } = element("bring").dataset;

element("bring").elements.files.addEventListener("change", (event) => {
  bringAll([...event.target.files]);
  event.target.value = "";
});

const drop = element("drop");
for (const kind of ["dragover", "dragleave", "drop"])
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop") bringAll([...event.dataTransfer.files]);
  });

async function bringAll(files) {
  complain("");
  if (cards().length + files.length > Number(most)) return complain(tooMany);
  for (const file of files) {
    const answer = await granted((grant) => bring(file, grant, element("sending")));
    if (answer?.status !== 200) {
      complain(answer ? `${file.name}: ${messageOf(answer)}` : "");
      return;
    }
    const html = await look({ path: answer.body.path }, file.name);
    if (html !== null) element("files").insertAdjacentHTML("beforeend", html);
    tell();
  }
}

// The shop reads Odoo itself; the data arrives as files, which are reviewed like any others.
const odoo = element("odoo").querySelector("form");
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

odoo.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { address, database, user, key } = Object.fromEntries(new FormData(odoo));
  const began = await askGranted("POST", "moves/odoo", { address, database, user, key });
  if (!began) return;
  if (began.status !== 202) return told("", messageOf(began));
  odoo.elements.key.value = "";
  await follow(began.body);
});

odoo.querySelector("[data-odoo-stop]").addEventListener("click", () => askGranted("DELETE", "moves/odoo"));

async function follow(now) {
  while (now.state === "reading") {
    const kind = odoo.dataset[`kind${now.kind.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())}`] ?? "";
    told(odoo.dataset.rows.replace("{kind}", kind).replace("{count}", now.rows), "", true);
    await wait(700);
    now = (await askGranted("GET", "moves/odoo"))?.body ?? { state: "idle" };
  }
  told("", now.error ?? "");
  for (const path of now.files ?? []) {
    const html = await look({ path }, path.split("/").pop());
    if (html !== null) element("files").insertAdjacentHTML("beforeend", html);
    tell();
  }
}

function told(status, error, reading = false) {
  odoo.querySelector("[role=status]").textContent = status;
  odoo.querySelector("[role=alert]").textContent = error;
  odoo.querySelector("[type=submit]").disabled = reading;
  odoo.querySelector("[data-odoo-stop]").hidden = !reading;
}

// How a file was understood, as HTML; null if the request was refused or no PIN entered.
async function look(asked, name) {
  const reading = element("reading");
  reading.textContent = `${reading.dataset.reading} ${name}`;
  reading.hidden = false;
  const answer = await granted((grant) => askPiece("/fragments/move", asked, grant));
  reading.hidden = true;
  if (answer?.status === 200) return answer.text;
  complain(answer ? messageOf(answer) : "");
  return null;
}

element("files").addEventListener("change", async ({ target }) => {
  const card = target.closest(".file");
  if (target.matches("[data-ask]") && target.value) {
    const answers = { ...JSON.parse(card.dataset.answers), [target.dataset.ask]: target.value };
    const kind = target.dataset.ask === "kind" && target.value !== "leave" ? target.value : card.dataset.kind;
    if (target.dataset.ask === "kind" && target.value === "leave") {
      card.remove();
      return tell();
    }
    card.ariaBusy = "true";
    const html = await look({ path: card.dataset.path, kind, answers, stamp: card.dataset.stamp }, "");
    if (html !== null) card.outerHTML = html;
  }
  tell();
});

const chosen = () => cards().filter((card) => card.hasAttribute("data-taken") && card.querySelector("[data-take]").checked);

// Shows what is still to be decided, across all files.
function tell() {
  element("found-files").hidden = !cards().length;
  const wanted = chosen();
  const open = wanted.some((card) => card.hasAttribute("data-open"));
  const layouts = wanted.map((card) => `${card.dataset.kind}|${card.dataset.header}`);
  element("open-questions").hidden = !open;
  element("same-files").hidden = new Set(layouts).size === layouts.length;
  for (const button of document.querySelectorAll("[data-move]")) button.disabled = open || !wanted.length;
}

addEventListener("click", async ({ target }) => {
  const { move, undo, sure, cancel } = target.closest("[data-move], [data-undo], [data-cancel]")?.dataset ?? {};
  if (target.closest("[data-begin]")) element("bring").elements.files.click();
  if (undo && !(await meant(sure))) return;
  if (!move && !undo && !cancel) return;
  complain("");
  const answer = await (move
    ? sendGranted("MoveIn", { files: chosen().map(wantedOf), dry_run: move === "dry" })
    : undo
      ? sendGranted("TakeBackMove", { job: Number(undo) })
      : sendGranted("CancelJob", { job: Number(cancel) }));
  if (answer && answer.status !== 200) return complain(messageOf(answer));
  if (answer && move) element("moves").scrollIntoView({ block: "nearest" });
});

const wantedOf = ({ dataset }) => ({
  path: dataset.path,
  kind: dataset.kind,
  answers: JSON.parse(dataset.answers),
  stamp: dataset.stamp,
});

tell();
listen(() => {});
