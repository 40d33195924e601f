// The stockroom on a phone: scan a code with its camera or a scanner, or type it. The page shows the product, and one
// press applies the action chosen below, which stays chosen for the next product.

import { parseQuantity } from "./amounts.js";
import { photographed, watch } from "./camera.js";
import { anyOpen } from "./dialogs.js";
import { granted, managing, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { codesIn } from "./stock_camera.js";
import { listen as listenToScanner } from "./wedge.js";

const DONE_SHOWN = 8;
const page = document.querySelector(".floor");
const video = page.querySelector("video");
const typed = document.getElementById("code");
const at = document.getElementById("at");
const act = document.getElementById("act");
const { amount, of, cause, expiry } = act.elements;
const go = act.querySelector("[type=submit]");
const replace = document.getElementById("replace");
const words = (id) => document.getElementById(id).innerHTML;
const card = document.getElementById("scanned");
const goods = () => card.querySelector("article");
const mode = () => act.querySelector("[name=mode]:checked");
const deed = () => mode().nextElementSibling.textContent;
const place = () => at.selectedOptions[0];
let adds = false; // somebody else counted it: what is found is added to that, or replaces it
let code = null; // what was scanned last
let touched = false; // somebody said how much of it
let busy = false;

// Shows a message with its buttons, replacing the previous ones.
function tell(text, counted = false) {
  document.getElementById("said").textContent = text;
  adds = counted;
  replace.hidden = !adds;
  go.textContent = adds ? words("add") : deed();
}

// The camera reads codes unasked, so a live scan mustn't replace something the user is in the middle of.
const kept = (live) => live && (busy || touched || adds);

// Clears the selected product.
function drop() {
  card.replaceChildren();
  code = null;
  prepare();
}

// Looks up a code and shows its product's card; returns whether there is one. For an unknown code, the previous card is
// removed, unless the camera read the code on its own.
async function look(scanned, live = false) {
  const { register, lang } = document.body.dataset;
  const query = new URLSearchParams({ code: scanned.text, symbology: scanned.symbology ?? "", location: at.value, register, lang });
  const answer = await granted(async (Grant) => {
    const got = await fetch(`/fragments/stock/scanned?${query}`, { headers: { Register: register, Surface: "panel", Grant } });
    const text = await got.text();
    return { status: got.status, text, body: {} };
  });
  if (kept(live)) return false;
  if (answer?.status !== 200) {
    if (!live) drop();
    tell(answer?.text.trim() ?? ""); // why not, as a sentence
    navigator.vibrate?.([200, 80, 200]);
    return false;
  }
  tell("");
  card.innerHTML = answer.text;
  card.scrollIntoView({ block: "start" });
  return true;
}

async function scanned(found, live = false) {
  if (kept(live) && !adds && found.text !== code?.text) tell(page.dataset.first); // a question stays with its buttons
  if (busy || anyOpen() || kept(live) || !(await look(found, live))) return false;
  navigator.vibrate?.(60);
  const again = touched && found.text === code?.text; // somebody typed how much of it, and scans it once more
  code = found;
  if (!again) prepare();
  return true;
}

// Resets the quantity for each product and action: one unit, or one case if deliveries come in cases.
function prepare() {
  const { dataset } = goods() ?? {};
  touched = false;
  tell("");
  const blind = mode().value === "count" && "blind" in place().dataset;
  card.toggleAttribute("data-hides", blind);
  act.querySelector(".amount").hidden = !dataset || mode().value === "look";
  for (const part of act.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== mode().value;
  if (!dataset) return;
  const boxes = Number(dataset.box) > 1;
  of.hidden = !boxes;
  of.options[1].textContent = dataset.boxesOf;
  of.value = boxes && mode().value === "in" ? "boxes" : "units";
  amount.value = "1";
  expiry.value = dataset.until;
}

function command(quantity, counted) {
  const { key, lot, packed } = goods().dataset;
  const amounts = of.value === "boxes" ? { boxes: quantity / 1000, units: 0 } : { boxes: 0, units: quantity };
  const count = Number(place().dataset.count);
  const said = { sku: key, ...amounts, lot };
  if (mode().value === "count" && count) return ["CountLine", { count, ...said, expiry: goods().dataset.expiry, mode: counted }];
  const body = { ...said, location: at.value, type: mode().value === "count" ? "adjust" : mode().value };
  if (body.type === "in") Object.assign(body, { expiry: expiry.value, packed, reason: "delivery" });
  if (body.type === "waste") body.cause = cause.value;
  return ["RecordMovement", body];
}

async function done(counted) {
  const quantity = parseQuantity(amount.value);
  if (quantity === null || (of.value === "boxes" && quantity % 1000)) return tell(page.dataset.wrong);
  const answer = await sendGranted(...command(quantity, counted));
  if (!answer) return;
  if (answer.status === 200) {
    note(`${amount.value}${of.value === "boxes" ? ` · ${of.selectedOptions[0].textContent}` : ""}`);
    navigator.vibrate?.(60);
    await look(code);
    prepare();
    return;
  }
  tell(messageOf(answer), answer.body.refused?.code === "counted_by_other");
}

// Adds to the list of finished actions, newest first.
function note(much) {
  const row = document.createElement("li");
  const parts = [["b", deed()], ["bdi", much], ["bdi", goods().querySelector("h2 bdi").textContent]];
  for (const [tag, text] of parts) row.appendChild(document.createElement(tag)).textContent = text;
  const list = document.getElementById("done");
  list.prepend(row);
  while (list.children.length > DONE_SHOWN) list.lastChild.remove();
}

async function once(counted) {
  if (busy || !goods()) return;
  busy = true;
  try {
    await done(counted);
  } finally {
    busy = false;
  }
}

act.addEventListener("submit", (event) => {
  event.preventDefault();
  once(adds ? "add" : "");
});
replace.addEventListener("click", () => once("replace"));
act.addEventListener("click", ({ target }) => {
  if (!target.dataset.step) return;
  touched = true;
  amount.value = String(Math.max(0, (parseQuantity(amount.value) ?? 0) / 1000 + Number(target.dataset.step)));
});
act.addEventListener("input", ({ target }) => {
  touched ||= [amount, of, expiry].includes(target);
});
act.addEventListener("change", ({ target }) => target.name === "mode" && prepare());
at.addEventListener("change", async () => {
  if (code && goods()) await look(code);
  prepare();
});
typed.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = typed.elements.code.value.trim();
  typed.elements.code.value = "";
  if (text) scanned({ text });
});
typed.elements.code.addEventListener("change", ({ target }) => target.dataset.picked === target.value && typed.requestSubmit());

// The camera: live on a press, or at once if it's already allowed; otherwise photos.
const button = document.getElementById("camera");
let stop = null;
const failed = () => {};

async function live() {
  if (button.disabled) return; // it is being opened
  button.disabled = true;
  try {
    stop = await watch(video, { read: codesIn, scan: (found) => scanned(found, true), failed });
  } catch {
    tell(page.dataset.noCamera);
  }
  video.hidden = stop === null;
  button.disabled = false;
  button.setAttribute("aria-pressed", String(stop !== null));
}

button.hidden = !navigator.mediaDevices;
button.addEventListener("click", () => {
  if (!stop) return live();
  stop();
  stop = null;
  video.hidden = true;
  return button.setAttribute("aria-pressed", "false");
});
typed.querySelector("[type=file]").addEventListener("change", async ({ target }) => {
  try {
    const codes = await photographed(target, codesIn);
    if (codes === null) return;
    tell(codes.length ? "" : page.dataset.nothing);
    if (codes.length) await scanned(codes[0]);
  } catch (error) {
    tell(error.message);
  }
});
navigator.permissions?.query({ name: "camera" }).then(({ state }) => state === "granted" && managing() && live(), () => {});

listenToScanner(() => true, () => typed.elements.code, (text) => scanned({ text }));
listen(() => {});
prepare();
