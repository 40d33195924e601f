// X, Z and the Z reports of before. A Z is asked about once, and says what it closes; the server renders both steps.

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

// `gift` prints the last sale without its prices.
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

// The register's sums, to whom a PIN lets print them; the same PIN then does.
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

// A Z closes the terminal's day before it, where the register has one; what that comes to stands on the Z.
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

// The letters on the buttons; on a keyboard without Latin ones, the keys that have them elsewhere.
function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || step() !== "choose") return;
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  const button = place().querySelector({ x: '[data-report="x"]', z: '[data-to="sure"]', g: "[data-gift]" }[letter] ?? "none");
  if (!button) return;
  event.preventDefault();
  button.click();
}
