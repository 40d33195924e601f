// The shift at this till: opening, counting, closing, cash in and out. The server renders every step.

import { parseMinor } from "./amounts.js";
import { complain, open } from "./dialogs.js";
import { sendAsked, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { beep } from "./sound.js";
import { sendSure, settled } from "./sure.js";
import { wrongAmount, wrongCount } from "./wrongs.js";

const dialog = () => document.getElementById("shift-dialog");
const place = () => document.getElementById("shift-step");
const steps = () => [...place().querySelectorAll("[data-step-of]")];
const current = () => steps().find((step) => !step.hidden);
let kind = ""; // of a move of cash

export function shift() {
  const closed = open("shift-dialog", submit, prepare);
  load({});
  return closed;
}

function prepare(own) {
  place().replaceChildren();
  own.onclick = click;
  own.oninput = (event) => event.target.matches("[data-value]") && preview();
  own.onkeydown = onward;
  own.oncancel = (event) => {
    event.preventDefault();
    back();
  };
}

async function fetched(path, values) {
  const { lang, register } = document.body.dataset;
  const answer = await fetch(`${path}?${new URLSearchParams({ lang, register, ...values })}`).catch(() => null);
  return answer?.ok ? answer.text() : "";
}

async function load(values) {
  const html = await fetched("/fragments/shift", values);
  if (!html) return beep();
  place().innerHTML = html; // rendered by our own server, with everything in it escaped
  show(steps()[0].dataset.stepOf);
}

function show(name) {
  for (const step of steps()) step.hidden = step.dataset.stepOf !== name;
  complain(dialog().querySelector("form"), "");
  (current().querySelector("[autofocus]") ?? current().querySelector("input") ?? current().querySelector('[type="submit"]')).focus();
}

// Enter moves to the next count field, so coins can be counted as number, Enter, number; in the last field it submits.
function onward(event) {
  if (event.key !== "Enter" || !event.target.matches('[data-step-of="count"] input')) return;
  const fields = [...current().querySelectorAll("input")];
  const next = fields[fields.indexOf(event.target) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
}

function back() {
  const step = current()?.dataset.stepOf;
  if (step === "sure") show("count");
  else if (["move", "count"].includes(step)) show("now");
  else dialog().close();
}

function click(event) {
  const button = event.target.closest("button");
  if (button?.matches("[data-back]")) back();
  else if (button?.matches("[data-open]")) sendAsked("OpenDrawer").then((answer) => answer && answer.status !== 200 && say(answer));
  else if (button?.dataset.move) move(button.dataset.move);
}

function move(wanted) {
  kind = wanted;
  for (const title of place().querySelectorAll("[data-kind]")) title.hidden = title.dataset.kind !== kind;
  show("move");
}

const say = (answer) => complain(dialog().querySelector("form"), messageOf(answer));

function submit(form) {
  return { open: begin, now: () => (show("count"), ""), move: moveCash, count: sure, sure: close, ended: () => null }[current()?.dataset.stepOf]?.(form) ?? null;
}

async function begin(form) {
  const float = parseMinor(form.get("float").trim() || "0");
  return float === null ? wrongAmount(form.get("float")) : settled(await sendSure("OpenShift", { float_minor: float }));
}

async function moveCash(form) {
  const amount = parseMinor(form.get("amount"));
  if (!amount) return wrongAmount(form.get("amount"));
  return settled(await sendGranted("MoveCash", { kind, amount_minor: amount, reason: form.get("reason") }));
}

const pieces = () =>
  [...place().querySelectorAll("[data-value]")]
    .map((input) => ({ value_minor: Number(input.dataset.value), count: Number(input.value || 0), input }))
    .filter(({ count }) => count !== 0);

// The count as a command body, or an error message if a field isn't a number.
function counted(form) {
  const found = pieces();
  const wrong = found.find(({ count }) => !Number.isInteger(count) || count < 0);
  if (wrong) return wrong.input.focus(), wrongCount();
  const sum = form.get("sum").trim() ? parseMinor(form.get("sum")) : undefined;
  if (sum === null) return wrongAmount(form.get("sum"));
  const others = [...place().querySelectorAll("[data-other]")].filter((input) => input.value.trim());
  const minor = (input) => parseMinor(input.value, input);
  const unread = others.find((input) => minor(input) === null);
  if (unread) return unread.focus(), wrongAmount(unread.value, unread);
  const also = others.map((input) => ({ kind: input.dataset.other, counted_minor: minor(input) }));
  return { others: also, pieces: found.map(({ value_minor, count }) => ({ value_minor, count })), counted_minor: sum ?? null, note: form.get("note") };
}

// Shows the count, and the difference for those allowed to see it; then it can be recounted or confirmed.
async function sure(form) {
  const body = counted(form);
  if (typeof body === "string") return body;
  const minor = body.counted_minor ?? (body.pieces.length ? worth(body.pieces) : "");
  const html = await fetched("/fragments/shift/sure", { minor });
  if (!html) return beep(), "";
  place().querySelector("#shift-sure").innerHTML = html; // rendered by our own server, with everything in it escaped
  const refused = place().querySelector("#shift-sure [data-refused]");
  if (refused) return refused.textContent;
  show("sure");
  return "";
}

async function close(form) {
  const body = counted(form);
  if (typeof body === "string") return body;
  const answer = await sendAsked("CloseShift", body);
  if (!answer) return show("count"), ""; // nobody entered a PIN
  if (answer.status !== 200) {
    show("count");
    if (answer.body.refused?.code === "difference_why") form.elements.note.focus();
    return messageOf(answer);
  }
  await load({ closed: answer.body.done.result?.number ?? answer.body.done.events[0].number });
  return "";
}

const worth = (counts) => counts.reduce((sum, { value_minor, count }) => sum + value_minor * (count > 0 ? Math.floor(count) : 0), 0);

let asked = 0;
async function preview() {
  const minor = worth(pieces());
  const turn = ++asked;
  const text = await fetched("/fragments/shift/count", { minor });
  const shown = document.getElementById("counted");
  if (turn === asked && shown && text) shown.textContent = text;
}
