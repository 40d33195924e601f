// The till's page: maps keys and touches to actions, and reacts to each push.

import * as ahead from "./ahead.js";
import { acts, answer, byHand, dropCoupon, reprint, tell } from "./acts.js";
import * as card from "./card_payment.js";
import { takes } from "./counter.js";
import { show, showing } from "./desk.js";
import { anyOpen, refresh } from "./dialogs.js";
import "./pad.js";
import * as lines from "./lines.js";
import * as practice from "./practice.js";
import { send } from "./outbox.js";
import { hush, listen, onCode } from "./push.js";
import * as question from "./question.js";
import * as quick from "./quick.js";
import * as refunds from "./refund.js";
import * as scan from "./scan.js";
import * as sign from "./sign.js";
import { ring } from "./sound.js";
import * as wedge from "./wedge.js";

const KEYS = {
  F1: acts.send, F2: acts.quantity, F3: acts.refund, F4: acts.price, F6: acts.find, F7: acts.reprint, F8: acts.cash, F9: acts.card,
  F10: acts.void_sale, F11: acts.member, F12: acts.abandon, ArrowDown: () => lines.move(1), ArrowUp: () => lines.move(-1), Escape: away,
};

function away() {
  if (showing() === "sales") return show("basket");
  scan.clear();
  hush();
}

addEventListener("keydown", (event) => {
  if (anyOpen() || event.ctrlKey || event.altKey || event.metaKey) {
    if (/^F\d+$/.test(event.key) && event.key !== "F5") event.preventDefault();
    return;
  }
  const act = KEYS[event.key] ?? (scan.empty() ? { Delete: acts.void, "?": acts.keys, $: acts.shift, "#": acts.reports, "!": acts.gift, "%": acts.discount, "&": acts.park, "+": acts.more }[event.key] : null);
  if (act) {
    event.preventDefault();
    act();
  } else if (event.key.length === 1 && document.activeElement !== scan.box() && event.key !== " ") {
    scan.box().focus(); // the key itself arrives there
  }
});

addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) return acts[button.dataset.act]();
  quick.press(event.target, tell);
  practice.press(event.target, tell);
  const line = event.target.closest("li[data-line]");
  const count = event.target.closest("[data-pieces]")?.dataset.pieces;
  if (count && event.detail < 2) acts.pieces(Number(count)); // the second touch of a double tap, which selected the line, sets nothing
  else if (line) lines.choose(line);
  const again = event.target.closest("[data-reprint]");
  if (again) reprint(again.dataset.reprint);
  const wanted = event.target.closest("[data-take-order]")?.dataset.takeOrder;
  if (wanted) send("TakeUpOrder", { order: wanted, take_over: true });
  const back = event.target.closest("[data-refund]");
  if (back) refunds.refund(back.dataset.refund);
  const coupon = event.target.closest("[data-drop-coupon]");
  if (coupon) dropCoupon(coupon.dataset.dropCoupon);
  const going = event.target.closest("[data-going]");
  if (going) send("AnswerCall", { kiosk: going.dataset.going });
  const wished = event.target.closest("[data-card]");
  if (wished) card.press(wished, tell, byHand);
  const paper = event.target.closest("[data-print]");
  if (paper) answer(paper);
});

document.getElementById("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  scan.add(tell);
});
addEventListener("close", (event) => event.target.tagName === "DIALOG" && scan.focus(), true);

const quantities = () => new Map([...document.querySelectorAll("li[data-line]")].map((line) => [line.dataset.line, Number(line.dataset.quantity)]));
let before = null; // what each line was, while "3*" stands in the box
addEventListener("htmx:wsBeforeMessage", () => (before = scan.times() ? quantities() : null));
const callers = () => new Set([...document.querySelectorAll("#called [data-since]")].map((call) => `${call.dataset.kiosk} ${call.dataset.since}`));
let called = new Set();

function after() {
  lines.show();
  quick.strike();
  refresh();
  const { touched } = document.getElementById("lines").dataset;
  const line = document.getElementById(`line-${touched}`);
  if (before && Number(line?.dataset.quantity) > (before.get(touched) ?? 0)) scan.multiply(line, before.get(touched), tell);
  before = null;
  const calls = callers();
  if ([...calls].some((call) => !called.has(call))) ring();
  called = calls;
  question.show(acts.find, acts.add_code);
  refunds.hear();
  practice.show();
  sign.heed();
  if (!anyOpen() && document.activeElement === document.body) scan.box().focus();
}

const scanned = (code) => takes(code) || scan.put(code).then(tell);
onCode(scanned);
wedge.listen(() => anyOpen() || ahead.coming(), scan.box, (code) => {
  ahead.drop(code.length);
  scanned(code);
});
ahead.listen();
listen(after);
after();

// A sale's page in the back office links here to refund it: open the refund once, not again when this page is reloaded.
const here = new URL(location);
const toRefund = here.searchParams.get("refund");
if (toRefund) {
  here.searchParams.delete("refund");
  history.replaceState(null, "", here);
  refunds.refund(toRefund);
}
