// The look of printed papers: the shop's logo, what receipts include and leave out, and a preview of such a receipt.

import "./dialogs.js";
import { askGranted, fetchGranted, granted, managing, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

const room = document.getElementById("papers");
const look = document.getElementById("look");
const error = document.getElementById("papers-error");
const said = document.getElementById("papers-said");
const sample = document.getElementById("sample");

let before = {}; // what receipts say now, by setting: saving it again undoes a change
async function show() {
  const answer = await fetchGranted("/fragments/papers");
  if (answer?.status !== 200) return;
  look.parentElement.hidden = true;
  room.innerHTML = answer.text;
  before = settings();
  await draw();
}

const lines = (text) => text.split("\n").map((line) => line.trimEnd()).filter((line, at, all) => line || at < all.length - 1);

function typed() {
  const { header, footer, language } = document.getElementById("receipt").elements;
  const parts = [...room.querySelectorAll("[name=part]:not(:checked)")].map(({ value }) => value);
  return { header: lines(header.value), footer: lines(footer.value), without: parts, language: language.value };
}

// Only the newest of several previews is shown.
let drawings = 0;
async function draw() {
  const mine = (drawings += 1);
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const headers = { Register: register, Surface: "panel", Grant, "Content-Type": "application/json" };
    const got = await fetch(`/api/v1/papers/preview?lang=${lang}`, { method: "POST", headers, body: JSON.stringify(typed()) });
    return { status: got.status, body: got.status === 200 ? {} : await got.json(), picture: got.status === 200 ? await got.blob() : null };
  });
  if (!answer || mine !== drawings) return;
  tell(answer);
  if (!answer.picture) return;
  const reader = new FileReader();
  const read = new Promise((resolve) => { reader.onload = resolve; });
  reader.readAsDataURL(answer.picture);
  await read;
  sample.querySelector("img").src = reader.result;
  sample.dataset.drawn = mine;
  sample.hidden = false;
}

function tell(answer, done = "") {
  const well = answer.status === 200;
  error.textContent = well ? "" : messageOf(answer);
  said.textContent = well && done ? said.dataset[done] : "";
  return well;
}

function settings() {
  const { header, footer, without, language } = typed();
  return { "store.header": header, "store.footer": footer, "till.receipt_without": without, "store.language": language };
}

async function keep() {
  const back = [];
  for (const [name, value] of Object.entries(settings())) {
    if (JSON.stringify(value) === JSON.stringify(before[name])) continue;
    back.unshift(["POST", "commands/SetSetting", { name, value: before[name] }]);
    undoBy([...back], ["/fragments/papers", "#receipt"]);
    const answer = await sendGranted("SetSetting", { name, value });
    if (!answer || !tell(answer)) return;
    before[name] = value;
  }
  await draw();
  said.textContent = said.dataset.kept;
}

room.addEventListener("submit", (event) => {
  event.preventDefault();
  void keep();
});

const RESTORES = ["POST", "papers/logo/restore", {}];
const LOGO = ["/fragments/papers", "#logo", "data-changed"];

room.addEventListener("change", async ({ target }) => {
  if (target.id !== "logo") await draw();
  else if (target.files.length) {
    undoBy(document.getElementById("drop-logo") ? RESTORES : ["DELETE", "papers/logo", {}], LOGO);
    const answer = await askGranted("PUT", "papers/logo", target.files[0]);
    if (!answer || !tell(answer)) return;
    await show();
    tell(answer, "brought");
  }
});

room.addEventListener("click", async ({ target }) => {
  if (target.id === "show-sample") await draw();
  if (target.id !== "drop-logo") return;
  undoBy(RESTORES, LOGO);
  const answer = await askGranted("DELETE", "papers/logo", {});
  if (answer && tell(answer)) await show();
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
