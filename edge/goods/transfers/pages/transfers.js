// Transfers between stores: enter what arrived line by line, scan what is sent.

import { parseQuantity } from "./amounts.js";
import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import "./stock_camera.js";
import { scannedGoods } from "./stock_scan.js";

async function ask(form, command, body) {
  const answer = await sendGranted(command, body);
  if (answer?.status === 200) return location.reload();
  return say(form, answer ? messageOf(answer) : "");
}

const say = (form, text) => (form.querySelector(".error").textContent = text);

for (const form of document.querySelectorAll(".coming")) {
  const { id } = form.dataset;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const lines = [...form.querySelectorAll("[data-line]")].map((field) => ({ n: Number(field.dataset.line), quantity: parseQuantity(field.value) }));
    if (lines.some((line) => line.quantity === null)) return say(form, form.dataset.wrong);
    return ask(form, "ReceiveTransfer", { id, lines, location: form.elements.location?.value ?? "main" });
  });
  form.querySelector("[data-refuse]")?.addEventListener("click", async ({ target }) => {
    if (!(await meant(target.dataset.ask))) return;
    const answer = await sendGranted("RefuseTransfer", { id });
    if (answer?.status === 200) location.reload();
    else say(form, answer ? messageOf(answer) : "");
  });
}

const form = document.getElementById("send");
const goods = document.getElementById("goods");

// A scanned code adds one to its line, or a new line.
async function scanned() {
  const code = form.elements.scan.value.trim();
  form.elements.scan.value = "";
  form.elements.scan.focus();
  if (!code) return;
  const { answer, sku, names, units } = await scannedGoods(code);
  say(form, answer ? messageOf(answer) : "");
  if (!sku) return;
  let row = [...goods.rows].find((one) => one.dataset.sku === sku);
  if (row) {
    const field = row.querySelector("input");
    field.value = String(((parseQuantity(field.value) ?? 0) + 1000 * units) / 1000);
    return;
  }
  row = added(sku, "", 1000 * units);
  row.querySelector("bdi").textContent = names[document.body.dataset.lang] ?? Object.values(names)[0] ?? sku;
}

// Adds a line to the transfer.
function added(sku, lot, quantity) {
  const row = document.getElementById("goods-row").content.firstElementChild.cloneNode(true);
  Object.assign(row.dataset, { sku, lot });
  row.querySelector("input").value = String(quantity / 1000);
  goods.append(row);
  return row;
}

form?.elements.scan.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  scanned();
});
document.getElementById("add")?.addEventListener("click", scanned);

// The transfer in the form, or null (with an error shown) if it's empty or invalid.
function entered() {
  const lines = [...goods.rows].map((row) => ({ sku: row.dataset.sku, lot: row.dataset.lot, quantity: parseQuantity(row.querySelector("input").value) })).filter((line) => line.quantity !== 0);
  const wrong = lines.some((line) => line.quantity === null) ? form.dataset.wrong : lines.length ? "" : form.dataset.empty;
  say(form, wrong);
  const { store, note, location: at } = form.elements;
  return wrong ? null : { to_store: store.value.trim(), note: note.value, location: at?.value ?? "main", lines };
}

const keep = async (body) => sendGranted("DraftTransfer", { ...body, id: form.dataset.id ?? "" });

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = entered();
  if (!body) return;
  if (!form.dataset.id) {
    ask(form, "SendTransfer", body);
    return;
  }
  const kept = await keep(body);
  if (kept?.status === 200) ask(form, "SendDraft", { id: form.dataset.id });
  else say(form, kept ? messageOf(kept) : "");
});

document.getElementById("keep")?.addEventListener("click", async () => {
  const body = form.reportValidity() && entered();
  if (!body) return;
  const answer = await keep(body);
  if (answer?.status === 200) location.reload();
  else say(form, answer ? messageOf(answer) : "");
});

const sayOfDrafts = (answer) => (document.getElementById("drafts-error").textContent = answer ? messageOf(answer) : "");

// Loads a draft into the form.
function change(draft) {
  const { id, store, note } = draft.dataset;
  form.dataset.id = id;
  form.elements.store.value = store;
  form.elements.note.value = note;
  if (form.elements.location) form.elements.location.value = draft.dataset.location;
  goods.replaceChildren();
  for (const line of draft.querySelectorAll("[data-sku]")) {
    const row = added(line.dataset.sku, line.dataset.lot, Number(line.dataset.quantity));
    row.querySelector("bdi").replaceWith(line.firstElementChild.cloneNode(true));
  }
  form.scrollIntoView({ behavior: "smooth" });
  form.elements.scan.focus();
}

document.getElementById("drafts")?.addEventListener("click", async ({ target }) => {
  const draft = target.closest("tr");
  if ("change" in target.dataset) change(draft);
  if ("send" in target.dataset) {
    const answer = await sendGranted("SendDraft", { id: draft.dataset.id });
    if (answer?.status === 200) return location.reload();
    sayOfDrafts(answer);
  }
  if ("drop" in target.dataset && (await meant(target.dataset.ask))) {
    const answer = await sendGranted("DropDraft", { id: draft.dataset.id });
    if (answer?.status === 200) location.reload();
    else sayOfDrafts(answer);
  }
});

addEventListener("click", async ({ target }) => {
  if (!target.dataset.back) return;
  const answer = await sendGranted("TakeBackTransfer", { id: target.dataset.back });
  if (answer?.status === 200) location.reload();
  else document.getElementById("all-error").textContent = answer ? messageOf(answer) : "";
});

listen(() => {});
