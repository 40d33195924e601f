// X, Z and the Z reports of before. A Z is asked about once, and says what it closes; the server renders both steps.

import * as card from "./card_payment.js";
import { complain, open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { ask as request } from "./outbox.js";
import { beep } from "./sound.js";
import { settled } from "./sure.js";

const dialog = () => document.getElementById("reports-dialog");
const place = () => document.getElementById("reports");
const steps = () => [...place().querySelectorAll("[data-step-of]")];
const asksSure = () => steps().some((step) => step.dataset.stepOf === "sure" && !step.hidden);

// `gift` prints the last sale without its prices.
export function reports(gift) {
  const closed = open("reports-dialog", () => (asksSure() ? close() : ""), (own) => {
    place().replaceChildren();
    own.onclick = ({ target }) => press(target.closest("button"), gift);
    own.onkeydown = (event) => key(event);
  });
  load();
  return closed;
}

async function load() {
  const { lang, register } = document.body.dataset;
  const answer = await fetch(`/fragments/reports?${new URLSearchParams({ lang, register })}`).catch(() => null);
  if (!answer?.ok) return beep();
  place().innerHTML = await answer.text(); // rendered by our own server, with everything in it escaped
  show("choose");
}

function show(name) {
  for (const step of steps()) step.hidden = step.dataset.stepOf !== name;
  complain(dialog().querySelector("form"), "");
  const step = steps().find((one) => !one.hidden);
  (step.querySelector("[autofocus]") ?? step.querySelector('[type="submit"]')).focus();
}

const ask = async (name, body) => settled(await sendGranted(name, body));

// A Z closes the terminal's day before it, where the register has one; what that comes to stands on the Z.
async function close() {
  if (card.hasTerminal()) await request("POST", "terminal/close", {});
  return ask("PrintReport", { kind: "z" });
}

async function print(name, body) {
  const wrong = await ask(name, body);
  if (wrong === null) dialog().close();
  else complain(dialog().querySelector("form"), wrong);
}

function press(button, gift) {
  if (!button) return;
  const { to, report, z } = button.dataset;
  if (to) show(to);
  if (report) print("PrintReport", { kind: report });
  if (z) print("ReprintReport", { number: Number(z) });
  if ("gift" in button.dataset) {
    dialog().close();
    gift();
  }
}

// The letters on the buttons; on a keyboard without Latin ones, the keys that have them elsewhere.
function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || asksSure()) return;
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  const button = place().querySelector({ x: '[data-report="x"]', z: '[data-to="sure"]', g: "[data-gift]" }[letter] ?? "none");
  if (!button) return;
  event.preventDefault();
  button.click();
}
