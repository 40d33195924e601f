// Refunds: which receipt and which items. The server decides how much is paid out and how: the way it was paid, or in
// cash instead, which needs a reason.

import { parseQuantity } from "./amounts.js";
import { choose, chosenIn } from "./choosing.js";
import { complain, open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { beep } from "./sound.js";

const ONE = 1000; // thousandths
const dialog = () => document.getElementById("refund-dialog");
const list = () => document.getElementById("refundable");
const chosen = () => chosenIn(list());
const pick = (by) => choose(dialog().querySelector('[name="text"]'), list(), by);
const lines = () => [...dialog().querySelectorAll("[data-line]")];
let gift = false; // by a gift receipt: store credit or other goods, whatever was paid with
let without = false; // what lies in the basket, of which nobody has the receipt

// `receipt`: such as "1-000042", if it's already known.
export function refund(receipt = "") {
  const closed = open("refund-dialog", submit, prepare);
  if (receipt) loadReceipt(receipt);
  return closed;
}

function loadReceipt(receipt) {
  const number = receipt.replace(/^RG\//i, "");
  const at = number.lastIndexOf("-");
  load(number.slice(0, Math.max(at, 0)), number.slice(at + 1), number !== receipt);
}

function prepare(own) {
  without = gift = false;
  show("choose");
  list().replaceChildren();
  htmx.trigger(own.querySelector('[name="text"]'), "load-list");
  own.onclick = click;
  own.oncancel = (event) => {
    if (step("choose").hidden) {
      event.preventDefault();
      back();
    }
  };
  own.onkeydown = key;
  own.oninput = (event) => event.target.closest("[data-line]") && preview();
}

// Enter opens the selected receipt. Among its lines Enter does nothing, as money is at stake.
function submit() {
  if (chosen() && !step("choose").hidden) load(chosen().dataset.of, chosen().dataset.number, "gift" in chosen().dataset);
  return "";
}

const step = (name) => dialog().querySelector(`[data-step-of="${name}"]`);

function show(...names) {
  dialog().toggleAttribute("data-gift", gift);
  dialog().toggleAttribute("data-without", without);
  for (const part of dialog().querySelectorAll("[data-step-of]")) part.hidden = !names.includes(part.dataset.stepOf);
}

function click(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const line = button.closest("[data-line]");
  if (button.matches(".found")) load(button.dataset.of, button.dataset.number, "gift" in button.dataset);
  else if (button.matches("[data-without]")) withoutReceipt();
  else if (button.matches("[data-all]")) lines().forEach((each) => set(each, left(each)));
  else if (button.matches(".take")) set(line, quantity(line) ? 0 : left(line));
  else if (line) set(line, quantity(line) + Number(button.dataset.step) * ONE);
  else if (button.matches("[data-back]")) back();
  else if (button.matches("[data-give]")) give(button.dataset.give);
  else if (button.matches("[data-exchange]")) exchange();
}

function key(event) {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const way = { F8: "cash", F9: "" }[event.key];
  const line = event.target.matches(".take") && { "+": 1, "-": -1 }[event.key];
  if (line) set(event.target.closest("[data-line]"), quantity(event.target.closest("[data-line]")) + line * ONE);
  else if (way !== undefined && !step("back").hidden) give(instead().hidden ? "" : way);
  else if (move && !step("choose").hidden) pick(move);
  else if (move) walk(move);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function walk(by) {
  const all = lines().map((line) => line.querySelector(".take"));
  all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + by))]?.focus();
}

function back() {
  if (step("choose").hidden) prepare(dialog());
  else dialog().close();
}

const here = () => ({ lang: document.body.dataset.lang, register: document.body.dataset.register });

async function fill(place, path, values) {
  const answer = await fetch(`${path}?${new URLSearchParams({ ...here(), ...values })}`).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  place.innerHTML = html; // rendered by our own server, with everything in it escaped
  return html !== "";
}

async function load(of, number, byGift = false) {
  const place = document.getElementById("refund-sale");
  if (!(await fill(place, "/fragments/refund", { of, number }))) return beep();
  const refused = place.querySelector("[data-refused]");
  if (refused) return complain(dialog().querySelector("form"), refused.textContent), beep();
  complain(dialog().querySelector("form"), "");
  gift = byGift;
  show("lines", "back");
  preview();
  walk(1);
}

const left = (line) => Number(line.dataset.left);
const field = (line) => line.querySelector(".steps input");
const quantity = (line) => parseQuantity(field(line).value) ?? 0;

function set(line, thousandths) {
  const value = Math.max(0, Math.min(left(line), thousandths));
  field(line).value = String(value / ONE);
  preview();
}

const wanted = () => lines().filter(quantity).map((line) => ({ line: Number(line.dataset.line), quantity: quantity(line), damaged: line.querySelector('[type="checkbox"]').checked }));

let asked = 0;
async function preview() {
  for (const line of lines()) line.querySelector(".take").setAttribute("aria-pressed", String(quantity(line) > 0));
  const { of, number } = document.querySelector("#refund-sale .subject").dataset;
  const values = new URLSearchParams({ ...here(), of, number });
  for (const want of wanted()) {
    values.append("line", want.line);
    values.append("quantity", want.quantity);
  }
  const turn = ++asked;
  const answer = await fetch(`/fragments/refund/sums?${values}`).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (turn !== asked) return;
  document.getElementById("refund-sums").innerHTML = html;
  instead().hidden = document.querySelector('#refund-sums [data-back]:not([data-back="cash"])') === null;
}

// The button for cash instead of card, shown only if a card would be refunded.
const instead = () => dialog().querySelector('[data-give="cash"]');

function withoutReceipt() {
  without = true;
  complain(dialog().querySelector("form"), "");
  show("back");
  instead().hidden = false;
  dialog().querySelector('[name="reason"]').focus();
}

// Exchange: returned items go into the basket as negative lines.
async function exchange() {
  if (!wanted().length) return beep();
  const answer = await sendGranted("AddReturn", { ...place(), lines: wanted(), gift });
  if (answer?.status === 200) dialog().close();
  else if (answer) complain(dialog().querySelector("form"), messageOf(answer));
}

let giving = false; // a second touch gives nothing twice

// `way`: "cash" instead of card, or "" for the original payment method.
async function give(way) {
  const form = new FormData(dialog().querySelector("form"));
  const how = { reason: form.get("reason"), reference: way === "cash" ? "" : form.get("reference") };
  if (way) how.kind = way;
  if (gift) how.gift = true;
  if (giving || (!without && !wanted().length)) return beep();
  giving = true;
  const answer = without ? await sendGranted("RefundWithoutReceipt", how) : await sendGranted("RefundSale", { ...place(), lines: wanted(), ...how });
  giving = false;
  if (answer?.status === 200) dialog().close();
  else if (answer) complain(dialog().querySelector("form"), messageOf(answer));
}

function place() {
  const { of, number } = document.querySelector("#refund-sale .subject").dataset;
  return { register: of, number: Number(number) };
}

// The dialog is asking for a receipt and a directly connected scanner read one.
let heard = "";
export function hear() {
  const notice = document.getElementById("notice");
  const receipt = notice.querySelector("[data-refund]")?.dataset.refund;
  const fresh = notice.dataset.number !== heard;
  heard = notice.dataset.number;
  if (fresh && receipt && dialog().open && !step("choose").hidden) loadReceipt(receipt);
}

addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "refundable") pick(1);
});
