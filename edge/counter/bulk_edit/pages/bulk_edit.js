// Bulk edit: select products, preview the changes, apply them as one job.

import { amountFault, parseMinor, parsePercent } from "./amounts.js";
import "./dialogs.js";
import "./files.js";
import { granted, sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const form = document.forms.bulk;
const room = document.getElementById("looked");
const of = (name) => form.elements[name];
const complain = (text) => (document.getElementById("bulk-error").textContent = text);
let edit = null; // what was looked at

class Unread extends Error {
  constructor(field, text) {
    super(text);
    this.field = field;
  }
}

// Parses "-10", "+5" or "12,50", using `read` for the part after the sign. null if it isn't a number.
function signed(text, read) {
  const [, sign, rest] = /^[\s\u200e\u200f]*([-+\u2212]?)(.*)$/.exec(text);
  const value = read(rest);
  return value === null ? null : /[-\u2212]/.test(sign) ? -value : value;
}

function price() {
  const by = of("price_by").value;
  if (by === "leave") return undefined;
  const value = by === "percent" ? signed(of("amount").value.replace("%", "").trim(), parsePercent) : signed(of("amount").value, (text) => parseMinor(text, of("amount")));
  if (value === null) throw new Unread(of("amount"), by === "percent" ? main.dataset.notNumber : amountFault(of("amount").value.replace(/^[-+\u2212]/, ""), of("amount")));
  return { by, value, round_to: Number(of("round_to").value) };
}

function age() {
  const text = of("min_age").value.trim();
  if (!text) return undefined;
  if (!/^\d{1,2}$/.test(text)) throw new Unread(of("min_age"), main.dataset.notAge);
  return Number(text);
}

const unless = (name, value = of(name).value) => (of(name).value === "leave" ? undefined : value);

function wanted() {
  const page = of("key_page").value.trim();
  return {
    category: unless("category"),
    tax_class: unless("tax_class"),
    price: price(),
    min_age: age(),
    active: unless("active", of("active").value === "yes"),
    key: page ? { page, of_register: of("of_register").value } : undefined,
  };
}

function which() {
  if (of("way").value === "hand") {
    const skus = of("skus").value.split(", ").filter(Boolean);
    if (!skus.length) throw new Unread(form.querySelector(".picks input"), main.dataset.none);
    return { skus };
  }
  const category = of("of_category").value;
  return { which: { category: category === "any" ? null : category, brand: of("of_brand").value, given_up: of("of_given_up").value === "yes" } };
}

async function look() {
  complain("");
  document.getElementById("queued").hidden = true;
  edit = wanted();
  const body = JSON.stringify({ edit, ...which() });
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const got = await fetch(`/fragments/bulk-edit?lang=${lang}`, { method: "POST", body, headers: { "Content-Type": "application/json", "Accept-Language": lang, Register: register, Surface: "panel", Grant } });
    const text = await got.text();
    return { status: got.status, text, body: got.ok ? {} : JSON.parse(text) };
  });
  if (!answer) return;
  room.hidden = answer.status !== 200;
  if (answer.status !== 200) return complain(messageOf(answer));
  room.innerHTML = answer.text;
  room.focus();
}

async function take() {
  const table = document.getElementById("would");
  const out = new Set([...table.querySelectorAll("input:not(:checked)")].map((box) => box.value));
  const skus = JSON.parse(table.dataset.skus).filter((sku) => !out.has(sku));
  const error = document.getElementById("take-error");
  error.textContent = skus.length ? "" : main.dataset.none;
  if (!skus.length) return;
  const answer = await sendGranted("EditProducts", { skus, edit, seen: Number(table.dataset.seen) });
  if (!answer) return;
  if (answer.status !== 200) return void (error.textContent = messageOf(answer));
  room.hidden = true;
  document.getElementById("queued").hidden = false;
  document.getElementById("done").open = true;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  look().catch((wrong) => {
    if (!(wrong instanceof Unread)) throw wrong;
    complain(wrong.message);
    wrong.field.focus();
  });
});
function showWhatIsAsked() {
  for (const part of form.querySelectorAll("[data-way]")) part.hidden = part.dataset.way !== of("way").value;
  for (const part of form.querySelectorAll("[data-price]")) part.hidden = of("price_by").value === "leave";
}

form.addEventListener("change", showWhatIsAsked);
showWhatIsAsked(); // chosen before this file was there, or kept by the browser on the way back
room.addEventListener("click", ({ target }) => target.id === "take" && take());

watchJobs(complain);
listen(() => {});
