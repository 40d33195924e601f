// Goods between stores: what came is said line by line, what is sent is scanned.

import { parseQuantity } from "./amounts.js";
import { open } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const ASKED = new Set(["more_than_sent", "stock_promised"]);

// Asks for a command; what the shop asks about, a second press of the same form says yes to.
async function ask(form, command, body) {
  const confirmed = form.dataset.asked === "yes";
  const answer = await sendGranted(command, { ...body, confirmed });
  if (answer?.status === 200) return location.reload();
  form.dataset.asked = ASKED.has(answer?.body.refused?.code) ? "yes" : "";
  form.querySelector("[type=submit]").textContent = form.dataset.asked ? form.dataset.yes : form.dataset.go;
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
    let yes = false;
    const accept = () => ((yes = true), null);
    await open("sure-dialog", accept, (dialog) => (dialog.querySelector(".subject").textContent = target.dataset.ask));
    if (!yes) return;
    const answer = await sendGranted("RefuseTransfer", { id });
    if (answer?.status === 200) location.reload();
    else say(form, answer ? messageOf(answer) : "");
  });
}

const form = document.getElementById("send");
const goods = document.getElementById("goods");

// A scanned code is one more of its line, or a line of its own.
async function scanned() {
  const code = form.elements.scan.value.trim();
  form.elements.scan.value = "";
  form.elements.scan.focus();
  if (!code) return;
  const found = await askGranted("GET", `stock/${encodeURIComponent(code)}`);
  if (found?.status !== 200) {
    say(form, found ? messageOf(found) : "");
    return;
  }
  say(form, "");
  const { sku, names } = found.body;
  let row = [...goods.rows].find((one) => one.dataset.sku === sku);
  if (row) {
    const field = row.querySelector("input");
    field.value = String(((parseQuantity(field.value) ?? 0) + 1000) / 1000);
    return;
  }
  row = document.getElementById("goods-row").content.firstElementChild.cloneNode(true);
  row.dataset.sku = sku;
  row.querySelector("bdi").textContent = names[document.body.dataset.lang] ?? Object.values(names)[0] ?? sku;
  goods.append(row);
}

form?.elements.scan.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  scanned();
});
document.getElementById("add")?.addEventListener("click", scanned);

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const lines = [...goods.rows].map((row) => ({ sku: row.dataset.sku, quantity: parseQuantity(row.querySelector("input").value) })).filter((line) => line.quantity !== 0);
  if (lines.some((line) => line.quantity === null)) return say(form, form.dataset.wrong);
  if (!lines.length) return say(form, form.dataset.empty);
  const { store, note, location: at } = form.elements;
  return ask(form, "SendTransfer", { to_store: store.value.trim(), note: note.value, location: at?.value ?? "main", lines });
});

addEventListener("click", async ({ target }) => {
  if (!target.dataset.back) return;
  const answer = await sendGranted("TakeBackTransfer", { id: target.dataset.back });
  if (answer?.status === 200) location.reload();
  else document.getElementById("all-error").textContent = answer ? messageOf(answer) : "";
});

listen(() => {});
