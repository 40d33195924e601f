// The shift at this till: opened, counted, closed; money in and out of the drawer. The server renders every step.

import { parseMinor } from "./amounts.js";
import { complain, open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf, send } from "./outbox.js";
import { beep } from "./sound.js";

const NO_NUMBER = "…"; // the dialog stays, with what was typed chosen
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
  (current().querySelector("input") ?? current().querySelector('[type="submit"]')).focus();
}

function back() {
  if (["move", "count"].includes(current()?.dataset.stepOf)) show("now");
  else dialog().close();
}

function click(event) {
  const button = event.target.closest("button");
  if (button?.matches("[data-back]")) back();
  else if (button?.matches("[data-open]")) send("OpenDrawer").then((answer) => answer.status !== 200 && say(answer));
  else if (button?.dataset.move) move(button.dataset.move);
}

function move(wanted) {
  kind = wanted;
  for (const title of place().querySelectorAll("[data-kind]")) title.hidden = title.dataset.kind !== kind;
  show("move");
}

const say = (answer) => complain(dialog().querySelector("form"), messageOf(answer) || NO_NUMBER);
// null closes the dialog; a sentence stays in it
const ended = (answer) => (answer?.status === 200 ? null : answer ? messageOf(answer) : "");

function submit(form) {
  return { open: begin, now: () => (show("count"), ""), move: moveCash, count: close, ended: () => null }[current()?.dataset.stepOf]?.(form) ?? null;
}

async function begin(form) {
  const float = parseMinor(form.get("float").trim() || "0");
  return float === null ? NO_NUMBER : ended(await send("OpenShift", { float_minor: float }));
}

async function moveCash(form) {
  const amount = parseMinor(form.get("amount"));
  if (!amount) return NO_NUMBER;
  return ended(await sendGranted("MoveCash", { kind, amount_minor: amount, reason: form.get("reason") }));
}

const pieces = () =>
  [...place().querySelectorAll("[data-value]")]
    .map((input) => ({ value_minor: Number(input.dataset.value), count: Number(input.value || 0), input }))
    .filter(({ count }) => count !== 0);

async function close(form) {
  const counted = pieces();
  const wrong = counted.find(({ count }) => !Number.isInteger(count) || count < 0);
  const sum = form.get("sum").trim() ? parseMinor(form.get("sum")) : undefined;
  if (wrong || sum === null) return NO_NUMBER;
  const body = { pieces: counted.map(({ value_minor, count }) => ({ value_minor, count })), counted_minor: sum ?? null, note: form.get("note") };
  const answer = await send("CloseShift", body);
  if (answer.status !== 200) return messageOf(answer);
  await load({ closed: answer.body.done.result?.number ?? answer.body.done.events[0].number });
  return "";
}

let asked = 0;
async function preview() {
  const minor = pieces().reduce((sum, { value_minor, count }) => sum + value_minor * (count > 0 ? Math.floor(count) : 0), 0);
  const turn = ++asked;
  const text = await fetched("/fragments/shift/count", { minor });
  const shown = document.getElementById("counted");
  if (turn === asked && shown && text) shown.textContent = text;
}
