// The manager's order board: each button sends a command, and the updated board arrives by push.

import { askAtTerminal, askBack, askForPayment, chargeCard, giveBack, payAhead, takeHeld } from "./advances.js";
import { parseMinor, plainMinor } from "./amounts.js";
import { look } from "./customer_find.js";
import { meant } from "./dialogs.js";
import { keepSlot, offerSlots } from "./free_slots.js";
import { showFromTop } from "./from_top.js";
import { sendGranted } from "./grants.js";
import { ask, messageOf, send } from "./outbox.js";
import { listen } from "./push.js";
import { sendSure } from "./sure.js";
import { showWaits } from "./waits.js";

const TYPING_MS = 180; // a pause in typing, as at the kiosk
const $ = (id) => document.getElementById(id);
let handing = "";
let part = []; // what of it is handed over now; empty: all of it
let cancelling = "";
let seenMinor = 0; // what the order came to when its money was asked for
let owes = ""; // the driver whose money is counted
let later = null; // the cart that was taken from the counter, until it is ordered

async function command(name, body, errors = "orders-error") {
  const answer = await (["ChangeOrder", "ReplaceLine", "CancelOrder"].includes(name) ? sendGranted : send)(name, body);
  $(errors).textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  return answer?.status === 200;
}

// A change to an order; if it alters the total, the user is asked first.
async function edit(name, body) {
  const answer = await sendSettled(name, body, "details-error", (more) => edit(name, { ...body, ...more }));
  if (answer?.status === 200) await show(body.order);
}

// Asks for confirmation where the user may accept it: a new total, or an unusual address. If a time slot is full, the
// next free ones become buttons that retry with `again`.
async function sendSettled(name, body, errors, again) {
  const answer = await (["PlaceOrder", "SetOrderSlot", "HandOverOrder"].includes(name) ? sendSure : sendGranted)(name, body);
  const refused = answer?.body.refused;
  const error = $(errors);
  error.textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  offerSlots(error, refused, document.body.dataset.lang, (slot_from_us) => again({ slot_from_us }));
  if (refused?.code !== "price_changed" || !(await meant(refused.message))) return answer;
  const yes = { accepted_total_minor: refused.values.is_minor };
  return sendSettled(name, { ...body, ...yes }, errors, (more) => again({ ...yes, ...more }));
}

async function show(id) {
  const { register, lang } = document.body.dataset;
  const answer = await fetch(`/fragments/order?order=${id}&lang=${lang}&register=${register}`, { headers: { Surface: "panel" } });
  $("order-dialog").innerHTML = await answer.text();
  showFromTop($("order-dialog"));
}

// Turns this register's basket into an order for later.
async function offerLater() {
  const { register, lang } = document.body.dataset;
  const answer = await fetch(`/fragments/order/later?cart=${later?.id ?? ""}&lang=${lang}&register=${register}`, { headers: { Surface: "panel" } });
  if (!answer.ok) return;
  $("later-dialog").innerHTML = await answer.text();
  await offerTimes();
  $("later-dialog").showModal();
}

// Loads the possible time slots; for a delivery, those for its postal code, updated while it's typed.
async function offerTimes() {
  const { slot, fulfilment, postal_code } = $("later-form").elements;
  const code = fulfilment?.value === "delivery" ? postal_code.value.trim() : "";
  const mine = (offerTimes.asked = (offerTimes.asked ?? 0) + 1);
  const answer = await ask("GET", `order-slots?pieces=${$("later-form").dataset.pieces}&postal_code=${encodeURIComponent(code)}`);
  if (mine !== offerTimes.asked) return;
  $("later-error").textContent = answer.status === 200 ? "" : messageOf(answer);
  const { dates, lang, zone } = document.body.dataset;
  const moment = new Intl.DateTimeFormat(dates || lang, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });
  const free = answer.status === 200 ? answer.body : []; // of a code half typed none; the time that was chosen is kept
  slot.length = 1;
  for (const { from_us } of free) slot.add(new Option(moment.format(from_us / 1000), from_us));
  keepSlot(slot, slot.dataset.wanted);
}

// Place the order only once, however often a button is pressed.
async function orderOnce(form, pays) {
  const buttons = form.querySelectorAll('[type="submit"], #later-now');
  for (const button of buttons) button.disabled = true;
  await orderLater(form.elements, pays);
  for (const button of buttons) button.disabled = false;
}

async function orderLater(fields, pays, more = {}) {
  const { slot, name, phone, note } = fields;
  if (!later) {
    const taken = await send("CartCounter");
    later = taken.body.done?.result ?? null;
    if (!later) $("later-error").textContent = messageOf(taken);
    if (!later) return;
  }
  const cart = later;
  const order = { cart: cart.id, accepted_total_minor: cart.total_minor, name: name.value, phone: phone.value, note: note.value };
  if (slot.value) order.slot_from_us = Number(slot.value);
  const brought = fields.fulfilment?.value === "delivery";
  if ($("later-fee") && !brought) order.no_show_fee_minor = Number($("later-fee").dataset.noShowFee);
  if (brought) Object.assign(order, { fulfilment: "delivery", address: fields.address.value, postal_code: fields.postal_code.value });
  const answer = await sendSettled("PlaceOrder", { ...order, ...more }, "later-error", (again) => orderLater(fields, pays, { ...more, ...again }));
  if (answer?.status !== 200) return;
  later = null;
  $("later-dialog").close();
  const { id } = answer.body.done.result;
  if (pays) await payAhead(id, "", "orders-error");
  else await show(id); // its number and code are told to whoever waits for them
}

// A customer collecting an order gives its code or shows its QR code; the order then opens as this register's basket.
async function takeUp(form) {
  const { code } = form.elements;
  const said = code.value.trim();
  const answer = await takenUp(said.includes("/order/") ? { scanned: said } : { code: said.replace(/\D/g, "") || "0" }, form.dataset.sure);
  $("orders-error").textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status === 200) location.href = `/?register=${encodeURIComponent(document.body.dataset.register)}`;
  else code.select();
}

async function takenUp(body, sure) {
  const answer = await send("TakeUpOrder", body);
  const refused = answer.body.refused;
  if (refused?.code !== "order_with_register" || !(await meant(`${refused.message} ${sure}`))) return answer;
  return send("TakeUpOrder", { order: refused.values.order, take_over: true });
}

// A partial hand-over: takes the quantities entered in the order's details to the payment dialog, with their total.
async function handPart(form) {
  const inputs = [...form.querySelectorAll("input[data-part]")];
  const wanted = inputs.filter((input) => Number(input.value) > 0);
  const { order, said, age, minor } = form.dataset;
  const lines = wanted.map((input) => ({ line: Number(input.dataset.part), quantity: Math.round(Number(input.value) * 1000) }));
  const asked = lines.map(({ line, quantity }) => `${line}:${quantity}`).join(",");
  const answer = await ask("GET", `orders/${order}/part?lines=${asked || `${inputs[0]?.dataset.part}:0`}`);
  $("details-error").textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status !== 200) return;
  askMoney(order, { said, sum: money(answer.body.due_minor), age, minor, ahead: Number(minor) - answer.body.due_minor });
  tellPart(answer.body);
  part = lines;
}

// Shows what the part costs, and why the amount due differs.
function tellPart(sums) {
  const { part_sum, part_tip, part_ahead, part_left } = $("hand-part").dataset;
  const said = [[part_sum, sums.total_minor], [part_tip, sums.tip_minor], [part_ahead, sums.advance_minor], [part_left, sums.left_minor]];
  $("hand-part").textContent = said.filter(([, minor]) => minor).map(([text, minor]) => text.replace("{sum}", money(minor))).join(" ");
  $("hand-part").hidden = false;
}

function money(minor) {
  const { lang, digits } = document.body.dataset;
  return new Intl.NumberFormat(lang, { style: "currency", currencyDisplay: "narrowSymbol", currency: $("hand-tip").dataset.currency }).format(minor / 10 ** digits);
}

// `minor` is the order's total, `ahead` what has already been paid, possibly more. On delivery the tip may differ from
// the promised one: the typed amount counts, and an empty field means none.
function askMoney(order, { said, sum, age, minor, ahead = 0, tip }) {
  handing = order;
  seenMinor = Number(minor);
  part = [];
  $("hand-part").hidden = true;
  $("hand-said").textContent = said;
  $("hand-sum").textContent = sum;
  for (const asked of ["hand-age", "hand-failed"]) $(asked).hidden = age === "0";
  $("hand-age-text").textContent = $("hand-age-text").dataset.text.replace("{age}", age);
  $("hand").reset();
  $("hand-tip").hidden = tip === undefined;
  if (Number(tip)) $("hand").elements.tip.value = plainMinor(Number(tip));
  Object.assign($("hand-tip").dataset, { ahead, tip: tip ?? 0 });
  offerMoney(seenMinor - Number(ahead));
  $("hand-error").textContent = "";
  $("hand-dialog").showModal();
}

// If everything was paid in advance, don't ask for a payment.
function offerMoney(due) {
  $("hand-money").hidden = due <= 0;
  $("hand-paid").hidden = due > 0;
}

// Foreign notes that a driver took are counted one currency at a time.
function askNotes(notes) {
  const rows = notes.split(" ").filter(Boolean).map((note) => {
    const [kind, minor] = note.split("=");
    const row = document.createElement("label");
    const currency = kind.slice(5).toUpperCase();
    const input = Object.assign(document.createElement("input"), { name: kind, inputMode: "decimal", required: true, dir: "ltr" });
    Object.assign(input.dataset, { money: "", currency });
    const sum = plainMinor(Number(minor), input);
    row.append($("cash-notes").dataset.text.replace("{currency}", currency).replace("{sum}", sum), input);
    return row;
  });
  $("cash-notes").replaceChildren(...rows);
}

// Attach an order to a customer, searched for as at the till while they're present.
addEventListener("input", async ({ target }) => {
  if (target.name !== "whose") return;
  const html = target.value.trim() ? await look(target.value, "till", "panel") : "";
  if (html !== null) $("attach-found").innerHTML = html;
});

async function attach(row) {
  const { order } = row.closest("#attach").dataset;
  if (await command("AttachOrder", { order, customer: row.dataset.customer }, "details-error")) await show(order);
}

addEventListener("keydown", ({ target, key }) => {
  if (["Enter", " "].includes(key) && target.matches("#attach [data-customer]")) target.click();
});

addEventListener("click", async ({ target }) => {
  const row = target.closest("#attach [data-customer]");
  if (row) return attach(row);
  const button = target.closest("button");
  if (!button) return;
  if (button.id === "later") await offerLater();
  if (button.id === "later-now" && button.form.reportValidity()) await orderOnce(button.form, true);
  const { to, hand, show: shown, said, print, run, cancel, made, line, replace, owing, quantity, going } = button.dataset;
  const order = button.closest("[data-order]")?.dataset.order;
  if (to) {
    const driver = to === "out_for_delivery" ? button.closest("footer").querySelector("[data-driver]").value : "";
    await command("MoveOrder", { order, to, driver });
  } else if (hand) {
    askMoney(hand, button.dataset);
  } else if (button.dataset.takeHeld) await takeHeld(button.dataset.takeHeld, "details-error", show);
  else if (button.dataset.atTerminal) await askAtTerminal(button.dataset.atTerminal, "details-error", show);
  else if (button.dataset.stopPayment) await command("CancelPayment", { payment: button.dataset.stopPayment }, "details-error");
  else if (button.dataset.charge) await chargeCard(button.dataset, "details-error", show);
  else if (button.dataset.giveBack) askBack(button.dataset);
  else if (shown) await show(shown);
  else if (print) await command("PrintOrder", { order: print }, "details-error");
  else if (run) await command("PrintRun", { driver: run });
  else if (cancel) {
    cancelling = cancel;
    $("why-title").textContent = said;
    $("why").reset();
    $("why-wasted").hidden = !made;
    const { fee, rest } = button.dataset;
    $("why-fee").hidden = !fee;
    $("why-fee-text").textContent = $("why-fee-text").dataset.text.replace("{sum}", fee).replace("{rest}", rest);
    $("why-dialog").showModal();
  } else if (owing) {
    owes = owing;
    $("cash-said").textContent = said;
    $("cash-sum").textContent = button.dataset.sum;
    $("cash").reset();
    askNotes(button.dataset.notes ?? "");
    $("cash-error").textContent = "";
    $("cash-dialog").showModal();
  } else if (replace) {
    const { register, lang } = document.body.dataset;
    const answer = await fetch(`/fragments/order/substitutes?order=${order}&line=${replace}&lang=${lang}&register=${register}`, { headers: { Surface: "panel" } });
    $("substitutes").innerHTML = answer.ok ? await answer.text() : "";
    $("substitutes").scrollIntoView({ block: "start" });
  } else if (line) {
    if (await command("ChangeOrder", { order, lines: [{ line: Number(line), quantity: Number(quantity) }] }, "details-error")) await show(order);
  } else if (going) await command("AnswerCall", { kiosk: going });
  else if (button.hasAttribute("data-close")) button.closest("dialog").close();
});

addEventListener("change", ({ target }) => {
  if (target.name === "slot" && target.form.id === "later-form") target.dataset.wanted = target.value;
  if (target.name !== "fulfilment") return;
  target.form.querySelector(".door").hidden = target.value !== "delivery";
  if ($("later-fee")) $("later-fee").hidden = target.value === "delivery";
  if (target.form.id === "later-form") offerTimes();
});

// Update the amount due as the tip is typed.
$("hand").elements.tip.addEventListener("input", ({ target }) => {
  const { ahead, tip } = $("hand-tip").dataset;
  const minor = Math.max(0, seenMinor - Number(ahead) - Number(tip) + (parseMinor(target.value) ?? 0));
  $("hand-sum").textContent = money(minor);
  offerMoney(minor);
});

addEventListener("input", ({ target }) => {
  if (target.name === "postal_code" && target.form.id === "later-form") {
    clearTimeout(offerTimes.timer);
    offerTimes.timer = setTimeout(offerTimes, TYPING_MS);
  }
});

addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.target.id === "take-up") await takeUp(event.target);
  else if (event.target.id === "later-form") await orderOnce(event.target, false);
  else if (event.target.id === "ahead") await payAhead(event.target.dataset.order, event.target.elements.sum.value.trim(), "details-error");
  else if (event.target.id === "ask-pay") await askForPayment(event.target.dataset.order, event.target.elements.sum.value.trim(), "details-error", show);
  else if (event.target.id === "back") await giveBack();
  else if (event.target.id === "slot") {
    const slot_from_us = Number(event.target.elements.slot.value);
    const { order } = event.target.dataset;
    if (slot_from_us) await edit("SetOrderSlot", { order, slot_from_us });
  } else if (event.target.id === "add") {
    const { code, quantity } = Object.fromEntries(new FormData(event.target));
    await edit("AddToOrder", { order: event.target.dataset.order, code: code.trim(), quantity: Math.round(Number(quantity) * 1000) });
  } else if (event.target.id === "readdress") {
    await edit("SetOrderAddress", { order: event.target.dataset.order, ...Object.fromEntries(new FormData(event.target)) });
  } else if (event.target.id === "part") await handPart(event.target);
  else if (event.target.id === "substitute") {
    const { order, line } = event.target.dataset;
    const said = new FormData(event.target);
    const sku = said.get("code").trim() || said.get("sku");
    if (sku && (await command("ReplaceLine", { order, line: Number(line), sku, agreed: said.has("agreed") }, "details-error"))) await show(order);
  }
  else if (event.target.id === "hand") {
    const kind = event.submitter.value;
    const body = { order: handing, tenders: kind ? [{ kind }] : [], lines: part.length ? part : null };
    for (const name of ["id_checked", "id_failed"]) body[name] = $("hand").elements[name].checked;
    if (!body.id_failed) body.accepted_total_minor = seenMinor; // what falls away makes it less
    const { tip } = $("hand").elements;
    if (!$("hand-tip").hidden) {
      body.tip_minor = tip.value.trim() ? parseMinor(tip.value) : 0;
      if (body.tip_minor === null) return tip.focus();
      if (!body.id_failed) body.accepted_total_minor = seenMinor - Number($("hand-tip").dataset.tip) + body.tip_minor;
    }
    if ((await sendSettled("HandOverOrder", body, "hand-error"))?.status === 200) {
      $("hand-dialog").close();
      $("order-dialog").close();
    }
  } else if (event.target.id === "cash") {
    const counted_minor = parseMinor(event.target.elements.counted.value);
    const notes = Object.fromEntries([...$("cash-notes").querySelectorAll("input")].map((input) => [input.name, parseMinor(input.value, input)]));
    const unread = event.target.querySelectorAll("input")[[counted_minor, ...Object.values(notes)].indexOf(null)];
    if (unread) unread.focus();
    else if (await command("HandInCash", { driver: owes, counted_minor, notes }, "cash-error")) $("cash-dialog").close();
  } else if (event.target.id === "why") {
    const { reason, wasted, keep_fee } = $("why").elements;
    if (!(await command("CancelOrder", { order: cancelling, reason: reason.value, wasted: wasted.checked, keep_fee: keep_fee.checked }, "why-error"))) return;
    $("why-dialog").close();
    $("order-dialog").close();
  }
});

showWaits();
listen(showWaits);
const asked = new URLSearchParams(location.search).get("order");
if (asked) show(asked);
