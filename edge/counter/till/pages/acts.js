// The actions of the buttons and function keys.

import { parseMinor, parseQuantity } from "./amounts.js";
import * as card from "./card_payment.js";
import { counter } from "./counter.js";
import { customer } from "./customer_find.js";
import { open } from "./dialogs.js";
import { find } from "./find.js";
import { sendAsked, sendGranted } from "./grants.js";
import { chosenLine } from "./lines.js";
import { messageOf, pending, send } from "./outbox.js";
import { connected, say } from "./push.js";
import { refund } from "./refund.js";
import { reports } from "./reports.js";
import { shift } from "./shift.js";
import * as scan from "./scan.js";
import * as sign from "./sign.js";
import { beep } from "./sound.js";
import { sendSure, settled } from "./sure.js";
import { voidSale } from "./void_sale.js";
import { camera } from "./till_camera.js";
import { wrongAmount, wrongQuantity } from "./wrongs.js";

const PARK_NAME = 40; // characters

// Sends without waiting, so that the dialog closes at once and the next scan doesn't land in it.
function sent(answer) {
  answer.then(tell);
  return null;
}

// Refusals reach every page of the register by push, so the answer is shown only if push is down, or if the request
// wasn't a valid command.
export function tell(answer) {
  if (answer && answer.status !== 200 && (!connected() || answer.status === 400)) say(messageOf(answer));
  return answer;
}

function withLine(id, act) {
  const line = chosenLine();
  if (!line || line.dataset.voided !== undefined) return beep();
  const shown = [".what", ".how-much", ".each"].map((part) => line.querySelector(part).cloneNode(true));
  const parts = shown.flatMap((part, place) => [["", " · ", " × "][place], part]);
  return open(id, (form) => act(line, form), (dialog) => dialog.querySelector('[data-fill="line"]').replaceChildren(...parts));
}

function pay(kind, dialogId) {
  const typed = scan.takeAmount();
  if (typed !== null) return payTyped(kind, typed);
  // Don't ask for an amount if the basket is empty; but a scan just before the key may still be on its way.
  const { lines, back } = document.getElementById("sums").dataset;
  if (lines === "0" && back === undefined && !pending()) return send("Pay", { kind }).then(tell);
  if (back !== undefined && !pending()) return open("give-dialog", () => sent(sendSure("Pay", { kind })));
  return open(
    dialogId,
    async (form) => {
      const text = form.get("value").trim();
      const amount = text ? parseMinor(text) : null; // null: all that is due
      if (text && amount === null) return wrongAmount(text);
      return settled(await sendSure("Pay", { kind, amount_minor: amount, reference: form.get("reference") ?? "" }));
    },
    (dialog) => {
      const amounts = dialog.querySelector(".amounts");
      if (amounts) amounts.onclick = (event) => hand(dialog, event.target.closest("[data-minor]"));
    },
  );
}

export const byHand = () => pay("card", "card-dialog");

async function atTerminal() {
  const typed = scan.takeAmount();
  const answer = tell(await card.begin(typed?.minor ?? null));
  if (typed && answer?.status !== 200) scan.giveBack(typed.text);
}

// Pays the amount typed in the code box, and puts it back if the payment is refused.
async function payTyped(kind, typed) {
  const answer = tell(await sendSure("Pay", { kind, amount_minor: typed.minor }));
  if (answer?.status !== 200) scan.giveBack(typed.text);
}

function hand(dialog, button) {
  if (!button) return;
  dialog.close();
  sent(sendSure("Pay", { kind: "cash", amount_minor: Number(button.dataset.minor) }));
}

export const acts = {
  cash: () => pay("cash", "cash-dialog"),
  card: () => (card.hasTerminal() && !("back" in document.getElementById("sums").dataset) ? atTerminal() : byHand()),
  find: (text = scan.takeWords()) => find(tell, text),
  keys: () => open("keys-dialog"),
  quantity() {
    if (scan.takeTimes()) return scan.box().focus();
    return withLine("quantity-dialog", async (line, form) => {
      const quantity = parseQuantity(form.get("value"));
      if (!quantity) return wrongQuantity();
      return settled(await sendAsked("SetQuantity", { line: Number(line.dataset.line), quantity }));
    });
  },
  // The quantities that are shown on the selected line.
  pieces(count) {
    const line = chosenLine();
    const quantity = count * 1000;
    if (Number(line.dataset.quantity) !== quantity) sendAsked("SetQuantity", { line: Number(line.dataset.line), quantity }).then(tell);
  },
  price: () =>
    withLine("price-dialog", async (line, form) => {
      const price = parseMinor(form.get("value"));
      if (price === null) return wrongAmount(form.get("value"));
      const reason = form.get("reason").trim() || form.get("why");
      if (!reason) return document.querySelector("#price-dialog [data-missing]").dataset.missing;
      const body = { line: Number(line.dataset.line), price_minor: price, reason };
      return settled(await sendGranted("OverridePrice", body));
    }),
  void() {
    const line = chosenLine();
    if (!line || line.dataset.voided !== undefined) return beep();
    return sendAsked("VoidLine", { line: Number(line.dataset.line) }).then(tell);
  },
  abandon() {
    if (!document.querySelector("#lines .line, #question dialog")) return beep();
    return open("abandon-dialog", () => sent(sendAsked("AbandonBasket")));
  },
  void_sale: () => voidSale(),
  refund: () => refund(),
  member() {
    if (!document.querySelector('[data-act="member"]')) return beep(); // nobody is known here
    return customer(tell);
  },
  drop_return: () => send("DropReturn").then(tell),
  more: () => counter("more", (act) => acts[act]()),
  discount: () => (document.querySelector("#lines .line[data-line]") ? counter("discount") : beep()),
  modifiers() {
    const line = chosenLine();
    return line && line.dataset.voided === undefined ? counter("modifiers", undefined, { line: line.dataset.line }) : beep();
  },
  // At once, by its number, or under what was typed in the code box; with an empty basket, those that are parked.
  async park() {
    if (!document.querySelector("#lines .line[data-line]")) return counter("parked");
    const name = scan.takeText();
    const answer = tell(await sendAsked("SetBasketAside", { name: name.slice(0, PARK_NAME) }));
    if (answer?.status !== 200) scan.giveBack(name);
  },
  park_named: () => (document.querySelector("#lines .line[data-line]") ? counter("park_named") : beep()),
  parked: () => counter("parked"),
  open: () => counter("open"),
  gift_card: () => counter("gift"),
  tip: () => (document.querySelector("#lines .line[data-line]") ? counter("tip") : beep()),
  cash_back: () => (document.querySelector("#lines .line[data-line]") ? counter("cash_back") : beep()),
  card_tip: () => counter("card_tip"),
  price_check: () => counter("price"),
  camera: () => camera(tell),
  other() {
    const { lines, back } = document.getElementById("sums").dataset;
    if (lines === "0" && back === undefined && !pending()) return beep(); // nothing is to be paid
    return counter("other", (act) => acts[act]());
  },
  correct: () => counter("correct"),
  training: () => counter("training"),
  add_code: (code) => counter("add_code", undefined, { code }),
  mail: () => counter("mail"),
  invoice: () => counter("invoice"),
  rewards: () => counter("rewards"),
  empties: () => counter("empties"),
  tables: () => counter("tables"),
  courses: () => counter("courses"),
  split: () => (document.querySelector("#lines .line[data-line]") ? counter("split") : beep()),
  bill: () => (document.querySelector("#lines .line[data-line]") ? counter("bill") : beep()),
  clock: () => counter("clock"),
  tabs: () => void (location.href = `/tabs?register=${encodeURIComponent(document.body.dataset.register)}`),
  orders: () => void (location.href = `/manager/orders?register=${encodeURIComponent(document.body.dataset.register)}`),
  display: () => void globalThis.open(`/display?register=${document.body.dataset.register}`, "display"),
  shift: () => shift(),
  reports: () => reports(() => acts.gift()),
  gift() {
    const last = document.querySelector("#sales li.sale:not(.undone) [data-reprint]");
    return last ? send("PrintGiftReceipt", { number: Number(last.dataset.reprint) }).then(tell) : beep();
  },
  send() {
    if (!document.querySelector('[data-act="send"]')) return beep(); // a shop without slips
    return send("SendToKitchen", { note: scan.takeText().slice(0, 60) }).then(tell);
  },
  sign_in: () => sign.signIn(),
  sign_out: () => sign.signOut(),
  reprint() {
    const last = document.querySelector("[data-reprint]");
    return last ? reprint(last.dataset.reprint) : beep();
  },
};

// Buttons about a printout (fragments/unconfirmed_prints.html) may send these commands and no others.
const PAPERS = ["ConfirmPrint", "ReprintReceipt", "CopyPrint"];
export async function answer({ dataset: { print, body } }) {
  if (!PAPERS.includes(print)) return;
  const told = await send(print, JSON.parse(body));
  // Copies of reports and some lists need permission: ask for the PIN of someone who has it.
  tell(told.body.refused?.code === "right_denied" ? await sendGranted(print, JSON.parse(body)) : told);
}

export const dropCoupon = (coupon) => send("DropCoupon", { coupon }).then(tell);

export const reprint = (number) => send("ReprintReceipt", { number: Number(number) }).then(tell);
