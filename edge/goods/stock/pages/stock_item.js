// One product's stock: each action is a dialog prefilled with a quantity of one, so it takes two taps.

import { parseMinor, parseQuantity } from "./amounts.js";
import { anyOpen, complain, meant, open } from "./dialogs.js";
import { fetchGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { line } from "./plots.js";
import { listen } from "./push.js";
import { carry } from "./stock_carried.js";
import { whenMoved } from "./stock_moved.js";
import { correct } from "./stock_receipt.js";
import { command, undoBy } from "./toast.js";

const card = document.getElementById("card");
const dialog = document.getElementById("move-dialog");
const form = dialog.querySelector("form");
const { sku } = card.dataset;
const scanned = new URLSearchParams(location.search); // the lot and the last day of the code that led here
const asked = new URLSearchParams(location.hash.slice(1)); // the act that a link asks for, and what was counted
let act = "in";

async function show() {
  const { register, lang } = document.body.dataset;
  const address = `/fragments/stock/item?sku=${encodeURIComponent(sku)}&register=${register}&lang=${lang}`;
  await htmx.ajax("GET", address, { target: card, swap: "innerHTML" });
  draw();
}

function draw() {
  line(document.getElementById("days-plot"), document.getElementById("days-points"), { label: "day", value: "held" });
  line(document.getElementById("paid-plot"), document.getElementById("paid-points"), { label: "day", value: "paid" });
}

// The form as a command body; null if a number can't be read.
function said(data) {
  const units = parseQuantity(data.get("units") || "0");
  const boxes = Number(data.get("boxes") || 0);
  if (units === null || !Number.isInteger(boxes)) return null;
  if (act === "adjust" && !data.get("units") && !data.get("boxes")) return null;
  if (act === "transfer") {
    const quantity = units + boxes * Number(form.dataset.box || 0) * 1000;
    const lines = [{ sku, quantity, lot: data.get("lot") }];
    return { from_location: data.get("location"), to_location: data.get("to"), lines, note: data.get("note") };
  }
  if (act === "aside") {
    const about = { cause: data.get("cause"), lot: data.get("lot"), note: data.get("note") };
    return { sku, boxes, units, location: data.get("location"), ...about };
  }
  const about = { location: data.get("location"), lot: data.get("lot"), note: data.get("note") };
  const body = { sku, type: act, boxes, units, ...about };
  if (act === "in") Object.assign(body, { expiry: data.get("expiry"), document: data.get("document"), packed: scanned.get("packed") ?? "" });
  if (act === "in" && data.get("supplier")) body.supplier = data.get("supplier");
  if (act === "in" && data.get("cost")) {
    body.unit_cost_minor = parseMinor(data.get("cost"));
    if (body.unit_cost_minor === null) return null;
  }
  if (act === "waste") body.cause = data.get("cause");
  if (act === "out") body.reason = data.get("reason");
  return body;
}

async function move(data) {
  const body = said(data);
  if (body === null) return form.dataset.wrong;
  const carries = act === "transfer" || act === "aside";
  const answer = await (carries ? carry(body, act === "aside") : sendGranted("RecordMovement", body));
  if (answer?.status === 200) return null;
  return answer ? messageOf(answer) : "";
}

function prepare() {
  for (const title of form.querySelectorAll("[data-title]")) title.hidden = title.dataset.title !== act;
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(act);
  if (act === "aside") form.elements.cause.value = "damage";
  form.elements.lot.value = scanned.get("lot") ?? "";
  const { expiry } = form.elements;
  expiry.value = scanned.get("expiry") || (act === "in" ? expiry.dataset.expected : "");
  form.querySelector("details").open = Boolean(form.elements.lot.value);
  const counted = act === "adjust"; // what is there is typed: nothing of it is filled in
  form.elements.units.value = counted ? (asked.get("units") ?? "") : act === "in" ? "0" : "1";
  asked.delete("units");
  if (form.elements.boxes) form.elements.boxes.value = counted ? "" : act === "in" ? "1" : "0";
  else if (act === "in") form.elements.units.value = "1";
}

document.querySelector(".acts").addEventListener("click", async ({ target }) => {
  if (!target.dataset.act) return;
  act = target.dataset.act;
  await open("move-dialog", move, prepare);
  await show();
});

form.addEventListener("click", ({ target }) => {
  if (!target.dataset.step) return;
  const field = target.parentElement.querySelector("input");
  field.value = String(Math.max(0, (parseQuantity(field.value) ?? 0) / 1000 + Number(target.dataset.step)));
});

async function done(name, body) {
  const answer = await sendGranted(name, body);
  await show();
  document.getElementById("card-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
}

// A recall stops sales at every till, so first show how much of the batch is here and how much was sold.
async function recallLot(lot) {
  const told = await fetchGranted(`/fragments/stock/recall?sku=${encodeURIComponent(sku)}&lot=${encodeURIComponent(lot)}`);
  if (told?.status === 200 && (await meant(told.text))) await done("RecallLot", { sku, lot });
}

card.addEventListener("click", async ({ target }) => {
  if (target.dataset.receipt) correct(target, sku, show);
  const { recall, lift } = target.dataset;
  if (recall && lift === undefined) recallLot(recall);
  if (lift !== undefined && (await meant(lift))) done("LiftRecall", { sku, lot: recall });
});

card.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "recall-gone") {
    recallLot(event.target.elements.lot.value.trim());
    return;
  }
  const { levels } = event.target.dataset;
  const said = ["par", "reorder", "quantity", "maximum"].map((name) => [
    name,
    parseQuantity(event.target.elements[name].value || "0"),
  ]);
  if (said.some(([, amount]) => amount === null)) return complain(event.target, "");
  const was = said.map(([name]) => [name, parseQuantity(event.target.elements[name].defaultValue || "0")]);
  const of = { sku, location: levels };
  undoBy(command("SetLevels", { ...of, ...Object.fromEntries(was) }), [`/manager/stock/item?sku=${encodeURIComponent(sku)}`, `[data-levels="${CSS.escape(levels)}"]`]);
  done("SetLevels", { ...of, ...Object.fromEntries(said) });
});

listen(whenMoved(() => anyOpen() || show()));
draw();
if (asked.has("act")) {
  history.replaceState(history.state, "", location.pathname + location.search);
  document.querySelector(`.acts [data-act="${CSS.escape(asked.get("act"))}"]`)?.click();
}
