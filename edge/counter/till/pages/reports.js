// X and Z reports, and earlier Z reports. A Z report shows what it closes and asks once; the server renders both steps.

import * as card from "./card_payment.js";
import { complain, open } from "./dialogs.js";
import { granted, sendGranted } from "./grants.js";
import { ask as request } from "./outbox.js";
import { beep } from "./sound.js";
import { sendSure, settled } from "./sure.js";

const dialog = () => document.getElementById("reports-dialog");
const place = () => document.getElementById("reports");
const steps = () => [...place().querySelectorAll("[data-step-of]")];
const step = () => steps().find((one) => !one.hidden)?.dataset.stepOf;
let looked = { kind: "", grant: "" }; // at which sums, by whose PIN

// `gift` prints a gift receipt for the last sale.
export function reports(gift) {
  const closed = open("reports-dialog", () => ({ sure: () => look("z"), sums: close })[step()]?.() ?? "", (own) => {
    place().replaceChildren();
    own.onclick = ({ target }) => press(target.closest("button"), gift);
    own.onkeydown = (event) => key(event);
  });
  load();
  return closed;
}

const here = (values = {}) => {
  const { lang, register } = document.body.dataset;
  return new URLSearchParams({ lang, register, ...values });
};

async function load(values) {
  const answer = await fetch(`/fragments/reports?${here(values)}`).catch(() => null);
  if (!answer?.ok) return beep();
  place().innerHTML = await answer.text(); // rendered by our own server, with everything in it escaped
  show("choose");
}

function show(name) {
  for (const step of steps()) step.hidden = step.dataset.stepOf !== name;
  complain(dialog().querySelector("form"), "");
  const shown = steps().find((one) => !one.hidden);
  (shown.querySelector("[autofocus]") ?? shown.querySelector('[type="submit"]')).focus();
}

const ask = async (name, body) => settled(await sendGranted(name, body));

// Shows the totals to someone whose PIN allows printing them; the same PIN then prints.
async function look(kind) {
  const { register } = document.body.dataset;
  const answer = await granted(async (grant) => {
    looked = { kind, grant };
    const got = await fetch(`/fragments/reports/sums?${here({ kind })}`, { headers: { Register: register, Surface: "cashier", Grant: grant } });
    return { status: got.status, text: await got.text(), body: {} };
  }, "PrintReport").catch(() => null);
  if (answer?.status !== 200) return answer ? beep() : undefined, "";
  place().querySelector("[data-sums]").innerHTML = answer.text; // rendered by our own server, with everything in it escaped
  show("sums");
  return "";
}

// A Z report first closes the terminal's day, if the register has a terminal, so that its result appears on the Z.
async function close() {
  const { kind, grant } = looked;
  if (kind === "z" && card.closesWithZ()) await request("POST", "terminal/close", {});
  const answer = await sendSure("PrintReport", { kind }, grant);
  const wrong = answer?.status === 403 ? await ask("PrintReport", { kind }) : settled(answer); // it was looked at for long
  if (wrong !== null || kind === "x") return wrong;
  await load({ made: "z" });
  return "";
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
  if (report) look(report);
  if (z) print("ReprintReport", { number: Number(z) });
  if ("gift" in button.dataset) {
    dialog().close();
    gift();
  }
}

// Letter shortcuts for the buttons; on a non-Latin keyboard, the key in the same position.
function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || step() !== "choose") return;
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  const button = place().querySelector({ x: '[data-report="x"]', z: '[data-to="sure"]', g: "[data-gift]" }[letter] ?? "none");
  if (!button) return;
  event.preventDefault();
  button.click();
}
