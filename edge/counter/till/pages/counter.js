// The till's smaller dialogs, rendered by the server (templates/counter): discounts, parked baskets, tips, ...

import * as ahead from "./ahead.js";
import * as empties from "./empties.js";
import { parseMinor, parseQuantity, plainMinor } from "./amounts.js";
import { complain, meant, open, refresh } from "./dialogs.js";
import { sendAsked, sendGranted } from "./grants.js";
import { chosenIn, minded } from "./modifier_choice.js";
import { asksForCode } from "./push.js";
import { fieldsOf } from "./invoice_fields.js";
import { chosenLine } from "./lines.js";
import { ask, messageOf, send } from "./outbox.js";
import { beep } from "./sound.js";
import { sendSure, settled } from "./sure.js";
import { wrongAmount, wrongQuantity } from "./wrongs.js";

const dialog = () => document.getElementById("counter-dialog");
const form = () => dialog().querySelector("form");
const place = () => document.getElementById("counter-step");
const value = (name) => form().elements[name]?.value.trim() ?? "";
const minor = (name) => (value(name) ? parseMinor(value(name), form().elements[name]) : null);
const wrong = (name) => wrongAmount(value(name), form().elements[name]);

const TAKES_CODE = new Set(["price", "gift", "empties"]);
const OWN = { mail: "receipt-mail", invoice: "invoice", clock: "time-clock", rewards: "rewards", empties: "empties", tables: "tables", split: "split", courses: "courses", bill: "bill" };

// `go(act)` runs the action of a menu button. `values`: extra query parameters for the server.
export async function counter(what, go = () => {}, values = {}) {
  const { lang, register } = document.body.dataset;
  ahead.onItsWay();
  if (TAKES_CODE.has(what)) asksForCode(true); // before anybody can see the dialog, and scan into it
  const answer = await fetch(`/fragments/${OWN[what] ?? `counter/${what}`}?${new URLSearchParams({ lang, register, ...values })}`).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => "") : "";
  if (!html) return asksForCode(false), ahead.gone(), beep();
  await open("counter-dialog", () => (ACTS[what] ?? (() => ""))(), (own) => {
    place().innerHTML = html; // rendered by our own server, with everything in it escaped
    htmx.process(place());
    refresh();
    const yes = document.getElementById("counter-yes");
    yes.hidden = !ACTS[what] || place().querySelector("[data-nothing]") !== null; // nothing to go on with
    const word = yes.querySelector("[data-usual]");
    word.textContent = place().querySelector("[data-yes]")?.dataset.yes ?? word.dataset.usual; // what it does
    own.onclick = ({ target }) => press(target.closest("button"), go);
    own.onkeydown = what === "more" ? letter : null;
    (PREPARE[what] ?? (() => {}))();
    setTimeout(() => {
      place().querySelector("[autofocus]")?.focus();
      ahead.here();
    });
  });
  if (TAKES_CODE.has(what)) asksForCode(codeField() !== null);
}

export const codeField = () => document.querySelector("#counter-dialog[open] [data-takes-scan]");

// Puts a scanned code into the open dialog's code field; false if it has none.
export function takes(code) {
  const field = codeField();
  if (!field) return false;
  field.value = code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

const PREPARE = {
  empties: () => empties.prepare(form()),
  modifiers: () => minded(form()),
  // The amount may stay empty when paying (use the whole balance) but not when loading a card.
  gift() {
    const { code, amount } = form().elements;
    const turn = () => {
      const pays = value("what") === "pay";
      amount.placeholder = pays ? amount.dataset.all : "";
      for (const part of place().querySelectorAll("[data-sums], [data-loads]")) part.hidden = pays;
    };
    place().querySelector(".pick").onchange = () => (turn(), (code.value ? amount : code).focus());
    turn();
  },
  more() {
    const empty = !document.querySelector("#lines .line[data-line]");
    for (const button of place().querySelectorAll("[data-of-basket]")) button.disabled = empty;
    setTimeout(() => place().querySelector("[data-go]:enabled")?.focus());
  },
  discount() {
    const line = chosenLine();
    if (line && line.dataset.voided === undefined) place().querySelector("[data-chosen]").replaceChildren(line.querySelector(".what").cloneNode(true));
    else form().elements.of.value = "basket";
  },
};

function sumOf(minor) {
  const { amount } = form().elements;
  amount.value = plainMinor(minor, amount);
  amount.focus();
}

// Preset amounts are for loading: once the card's code is entered, one touch loads the amount.
async function putOn(button) {
  sumOf(Number(button.dataset.sum));
  if (!value("code")) return form().elements.code.focus();
  const sums = button.parentElement;
  sums.inert = true; // a second touch puts nothing on twice
  const wrong = await ACTS.gift();
  sums.inert = false;
  return wrong === null ? dialog().close() : complain(form(), wrong);
}

// Prints a card with a new code, which is then sold like any other.
async function newCard() {
  const answer = await send("PrintCardCode");
  if (answer.status !== 200) return complain(form(), messageOf(answer));
  const { code, amount } = form().elements;
  code.value = answer.body.done.result;
  code.dispatchEvent(new Event("input", { bubbles: true }));
  amount.focus();
}

const ACTS = {
  discount: () => discount({}),
  async open() {
    const amount = minor("amount");
    if (!amount) return wrong("amount");
    const name = value("name") || form().elements.name.dataset.usual;
    return settled(await send("AddOpenAmount", { name, tax_class: value("tax_class"), amount_minor: amount }));
  },
  async tip() {
    const amount = minor("amount");
    return amount ? settled(await send("AddTip", { amount_minor: amount })) : wrong("amount");
  },
  async cash_back() {
    const amount = minor("amount");
    return amount ? settled(await sendSure("BeginPayment", { cash_back_minor: amount })) : wrong("amount");
  },
  async card_tip() {
    const chosen = form().querySelector("[name=payment]:checked");
    if (!chosen) return "";
    const amount = minor("amount");
    return amount ? settled(await sendSure("AddCardTip", { payment: chosen.value, amount_minor: amount })) : wrong("amount");
  },
  async gift() {
    const amount = minor("amount");
    if (value("amount") && !amount) return wrong("amount");
    const due = Number(document.getElementById("sums").dataset.due ?? 0);
    const paying = value("what") === "pay";
    // Head office reports the balance if it can be reached; otherwise the till uses the one it knows.
    const card = await ask("POST", "gift-cards/read", { code: value("code"), keep_minor: paying ? amount ?? due : 0 });
    if ([422, 429].includes(card.status)) return messageOf(card);
    if (paying) return settled(await sendSure("Pay", { kind: "gift", amount_minor: amount, reference: value("code") }));
    return amount ? settled(await send("AddLoad", { code: value("code"), amount_minor: amount })) : wrong("amount");
  },
  async other() {
    const chosen = form().querySelector("[name=kind]:checked");
    if (!chosen) return "";
    const amount = minor("amount");
    if (value("amount") && amount === null) return wrong("amount");
    return settled(await sendSure("Pay", { kind: chosen.value, amount_minor: amount, reference: value("reference") }));
  },
  park_named: async () => settled(await sendAsked("SetBasketAside", { name: value("name") })),
  async mail() {
    const number = place().querySelector("[data-number]")?.dataset.number;
    return number ? settled(await send("MailReceipt", { number: Number(number), address: value("address"), language: value("language") })) : null;
  },
  async invoice() {
    const number = place().querySelector("[data-number]")?.dataset.number;
    if (!number || !form().elements.name) return null;
    return settled(await send("IssueInvoice", { receipt: Number(number), ...fieldsOf(form()) }));
  },
  async correct() {
    const number = place().querySelector("[data-number]")?.dataset.number;
    return number ? settled(await sendGranted("CorrectTender", { number: Number(number), kind: value("kind"), was: form().querySelector("[name=was]:checked")?.value || null })) : null;
  },
  modifiers: async () => settled(await send("SetModifiers", { line: Number(place().querySelector("[data-line]").dataset.line), modifiers: chosenIn(form()) })),
  async bill() {
    return settled(await send("PrintBill", { guests: Number(value("guests") || 0) }));
  },
  async split() {
    const how = form().querySelector("[name=how]:checked").value;
    if (how === "seats") return settled(await send("SplitSeats"));
    if (how === "shares") return share();
    const parts = [...form().querySelectorAll("[name=part]:checked")].map(({ value: line }) => {
      const pieces = form().elements[`pieces-${line}`];
      return { line: Number(line), quantity: pieces ? Number(pieces.value) * 1000 : 0 };
    });
    return parts.length ? settled(await send("SplitTable", { parts })) : null;
  },
  async empties() {
    const wanted = empties.asked(form());
    return wanted ? settled(await empties.give(wanted)) : place().querySelector("[data-none]").dataset.none;
  },
  async rewards() {
    const chosen = form().querySelector("[name=reward]:checked");
    return chosen ? settled(await send("UseReward", { reward: chosen.value })) : null;
  },
  clock: async () => settled(await sendGranted("StampClock", { step: value("step") })),
  training: async () => settled(await send("StartTraining", { yesterday: form().elements.yesterday?.checked ?? false })),
  async add_code() {
    const amount = minor("amount");
    if (!amount) return wrong("amount");
    const code = value("code");
    const product = { sku: code, names: { [document.body.dataset.lang]: value("name") }, codes: [code], price_minor: amount, tax_class: value("tax_class") };
    const made = await sendGranted("SetProducts", { products: [product] });
    return made?.status === 200 ? settled(await send("AddLine", { code })) : settled(made);
  },
};

// Puts one equal share of the amount due into the code box, ready for Cash or Card.
function share() {
  const { shares } = form().elements;
  const of = Number(shares.value);
  if (!(of > 0)) return wrong("shares");
  const code = document.getElementById("code");
  code.value = plainMinor(Math.ceil(Number(shares.dataset.due) / of), code);
  code.dispatchEvent(new Event("input", { bubbles: true }));
  return null;
}

// Assigns ticked lines to a course or seat; with none ticked, it applies to lines added from now on.
async function served(change) {
  const lines = [...form().querySelectorAll("[name=part]:checked")].map(({ value: line }) => Number(line));
  await again("courses", send("ServeLines", { lines, ...change }));
}

async function again(what, answer) {
  const wrong = settled(await answer);
  if (wrong !== null) return complain(form(), wrong);
  dialog().close();
  return counter(what);
}

async function discount(none) {
  const ofLine = value("of") === "line";
  const line = chosenLine();
  if (ofLine && !line) return beep(), "";
  const amount = value("as") === "percent" ? parseQuantity(value("value")) : minor("value");
  if (!none.none && !amount) return value("as") === "percent" ? wrongQuantity() : wrong("value");
  if (!none.none && !form().querySelector("[name=reason]:checked")) return place().querySelector("[data-missing]").dataset.missing;
  const off = none.none ? {} : value("as") === "percent" ? { share: amount } : { sum_minor: amount };
  const body = { ...off, reason: none.none ? "" : value("reason") };
  return settled(await (ofLine ? sendGranted("DiscountLine", { line: Number(line.dataset.line), ...body }) : sendGranted("DiscountBasket", body)));
}

function letter(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  const button = place().querySelector(`[data-letter="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

async function done(answer) {
  const wrong = settled(await answer);
  if (wrong === null) dialog().close();
  else complain(form(), wrong);
}

function press(button, go) {
  if (!button) return;
  const { go: act, fillIn, as, share, parked, prices, join, table, priceOf, sum, fire, course, seat } = button.dataset;
  if (act) {
    dialog().close();
    go(act);
  } else if (fillIn) {
    form().elements.as.value = as;
    form().elements.value.value = fillIn;
    form().elements.value.focus();
  } else if (priceOf) takes(priceOf);
  else if (sum) putOn(button);
  else if ("newCard" in button.dataset) newCard();
  else if (share) done(send("AddTip", { share: Number(share) }));
  else if (parked) takeUp(parked, "");
  else if (join) joined(join);
  else if (table) done(seated(table));
  else if (fire) done(send("FireCourse", { course: Number(fire) }));
  else if (course) served({ course: Number(course) });
  else if (seat) served({ seat: Number(seat) });
  else if (prices) takeUp(place().querySelector("[data-old]").dataset.old, prices);
  else if ("none" in button.dataset && place().querySelector('[data-counter="tip"]')) done(send("AddTip"));
  else if ("none" in button.dataset) discount({ none: true }).then((wrong) => (wrong === null ? dialog().close() : complain(form(), wrong)));
}

// Enrols a customer in the loyalty programme, then shows their rewards.
async function joined(customer) {
  const body = { customer, purpose: "loyalty", language: document.body.dataset.lang, how: "counter" };
  const wrong = settled(await sendGranted("GiveConsent", body));
  if (wrong !== null) return complain(form(), wrong);
  dialog().close();
  counter("rewards");
}

// A table on the plan: put the basket on it, move the guests to it, or fetch its bill.
async function seated(table) {
  const { mine, put } = place().querySelector('[data-counter="tables"]').dataset;
  const guests = Number(form().elements.guests.value || 0);
  if (form().elements.move?.checked) return send("MoveTable", { table: mine, to: table });
  const to = form().elements.to?.value;
  if (to && mine === table) return send("TransferTable", { table, to });
  if (put !== undefined || mine === table) return send("PutOnTable", { table, guests });
  const answer = await send("TakeTable", { table, guests });
  if (answer.body.refused?.code === "parked_with" && (await meant(messageOf(answer)))) return send("TakeTable", { table, guests, take_over: true });
  return answer;
}

// For a basket parked days ago, asks which prices apply.
async function takeUp(id, prices) {
  let answer = await send("TakeBasketUp", { id: Number(id), prices });
  if (answer.body.refused?.code === "parked_with" && (await meant(messageOf(answer)))) answer = await send("TakeBasketUp", { id: Number(id), prices, take_over: true });
  if (answer.body.refused?.code !== "parked_old") return done(Promise.resolve(answer));
  const old = place().querySelector("[data-old]");
  old.dataset.old = id;
  old.hidden = false;
  old.querySelector("button").focus();
}
