// Products that go with the basket, in one line below it, loaded shortly after each change and removed by the next one;
// also alternatives for a product that has run out. Dismissed ones stay away until the basket is empty.
// This must never hold up a sale: without an answer, no line is shown.

import { messageOf, send } from "./outbox.js";
import { sendSure } from "./sure.js";

const QUIET_MS = 400;
const place = document.getElementById("till-suggestions");
const { lang, register } = document.body.dataset;
let timer = 0;
let asked = 0;
let waved = [];
const told = new Set(); // sets that were counted as shown

const basket = () => document.getElementById("lines")?.dataset ?? {};
let seen = `${basket().revision} ${basket().count}`;
const notice = () => document.getElementById("notice")?.dataset ?? {};
let heard = notice().number;

// `sku`: a product that has run out; without it, suggestions for the basket.
async function ask(sku = "") {
  const mine = ++asked;
  const query = new URLSearchParams({ lang, register, ...(sku && { sku }) });
  for (const sku of waved) query.append("waved", sku);
  try {
    const answer = await fetch(`/till/suggestions?${query}`, { headers: { Register: register }, signal: AbortSignal.timeout(3000) });
    if (mine !== asked || !answer.ok) return;
    place.innerHTML = await answer.text();
    count("shown");
  } catch {
    if (mine === asked) place.replaceChildren(); // the box has other things to do
  }
}

function count(outcome) {
  const set = place.querySelector("[data-set]")?.dataset.set;
  if (!set || (outcome === "shown" && told.has(set))) return;
  told.add(set);
  send("NoteSuggestion", { set, outcome });
}

function look() {
  const { number, code, sku } = notice();
  if (number !== heard) {
    heard = number;
    if (code === "run_out") ask(sku);
  }
  const { revision, count: lines } = basket();
  const now = `${revision} ${lines}`;
  if (now === seen) return;
  seen = now;
  asked++; // an answer for the basket before is none
  place.replaceChildren();
  clearTimeout(timer);
  if (lines === "0") waved = [];
  else timer = setTimeout(() => ask(), QUIET_MS);
}

place?.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.suggested) {
    count("taken");
    place.replaceChildren();
    const answer = await sendSure("AddLine", { sku: button.dataset.suggested });
    if (answer && answer.status !== 200) place.textContent = messageOf(answer);
  } else {
    waved = [...waved, ...[...place.querySelectorAll("[data-suggested]")].map((one) => one.dataset.suggested)].slice(-20);
    count("waved");
    place.replaceChildren();
  }
  document.getElementById("code")?.focus();
});

if (place) {
  addEventListener("htmx:wsAfterMessage", look);
  if (basket().count !== "0") timer = setTimeout(ask, QUIET_MS);
}
