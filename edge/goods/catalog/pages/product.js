// One product: changed fields are saved as the manager's own values, and refused if someone else changed it first.

import { parseMinor, parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { askGranted, fetchGranted, sendGranted } from "./grants.js";
import { goOn, minding } from "./leaving.js";
import { ask, messageOf } from "./outbox.js";
import { crop } from "./picture_crop.js";
import { listen } from "./push.js";
import { add, blame, changedGroups, complain, valueOf, watch } from "./rows.js";
import { command, toast, undoBy } from "./toast.js";
import { changed } from "./typed.js";

const { sku, etag, unread, next } = document.querySelector("main").dataset;
const { register } = document.body.dataset;
const source = { name: "manager" };
const show = (id, text) => (document.getElementById(id).textContent = text);
const address = (of) => `products/${encodeURIComponent(of)}`;

const readers = {
  text: (text) => text,
  code: (text) => text,
  sku: (text) => text,
  category: (text) => text,
  codes: (text) => text.split(/[\s,;]+/).filter(Boolean),
  money: parseMinor,
  quantity: parseQuantity,
  permille: (text) => {
    const found = /^(\d{1,2})(?:[.,](\d))?$/.exec(text);
    return found ? Number(found[1]) * 10 + Number(found[2] ?? 0) : null;
  },
  number: (text, { dataset }) => (/^\d{1,6}$/.test(text) && Number(text) <= Number(dataset.most ?? Infinity) ? Number(text) : null),
  size: (text) => {
    const found = /^([\d.,]+)\s*(\p{L}+)$/u.exec(text);
    const [measure, times] = SIZES[found?.[2].toLowerCase()] ?? [];
    const amount = measure && parseQuantity(found[1]);
    return amount ? { amount: amount * times, measure } : null;
  },
};
const SIZES = {
  g: ["g", 1], kg: ["g", 1000], ml: ["ml", 1], cl: ["ml", 10], dl: ["ml", 100], l: ["ml", 1000], m: ["m", 1],
  piece: ["piece", 1], pc: ["piece", 1],
};

// The changed fields as a JSON merge patch: null removes the manager's own value.
// Throws the field that can't be read.
function patchOf(form) {
  const patch = {};
  for (const field of form.querySelectorAll("[data-kind]:not([data-column])")) {
    const typed = field.value.trim();
    const { kind } = field.dataset;
    const chosen = !sku && kind === "category" && typed; // a new product's may have been chosen for it
    if (!changed(field) && !chosen) continue;
    const taken = readers[kind](typed, field);
    const emptied = !typed && !["text", "category", "codes", "sku"].includes(kind);
    if (taken === null && !emptied) throw field;
    const [name, key] = field.name.split(/\.(.*)/s);
    if (key === undefined) patch[name] = emptied ? null : taken;
    else (patch[name] ??= {})[key] = typed || null;
  }
  for (const group of changedGroups(form)) {
    const value = valueOf(group, readers);
    const { group: name, by } = group.dataset;
    patch[name] = by === undefined ? value : { ...patch[name], ...value };
  }
  return patch;
}

async function change(patch) {
  const headers = sku ? { "If-Match": etag } : { "If-None-Match": "*" };
  const { sku: number, codes } = document.forms.product.elements;
  const of = sku ?? (number.value.trim() || readers.codes(codes.value)[0] || next);
  if (sku) undoBy(await undoing(patch), [`/manager/product?sku=${encodeURIComponent(sku)}`, "#product"]);
  const answer = await askGranted(sku ? "PATCH" : "PUT", address(of), patch, headers);
  if (!answer) return;
  if (answer.status < 300) goOn(`/manager/product?${new URLSearchParams({ register, sku: of })}`);
  else if (!blame(document.forms.product, answer, unread)) show("product-error", messageOf(answer));
}

// The undo request: restores the manager's earlier values, and removes those the manager hadn't set.
async function undoing(patch) {
  const known = await ask("GET", address(sku));
  if (known.status !== 200) return null;
  const mine = (key) => document.querySelector(`[data-back="${CSS.escape(key)}"]`) !== null;
  const was = (value, key, path) => (mine(path) ? (value?.[key] ?? null) : null);
  const inner = (name) => Object.fromEntries(Object.keys(patch[name]).map((key) => [key, was(known.body[name], key, `${name}.${key}`)]));
  const isNested = (name) => patch[name] !== null && typeof patch[name] === "object" && !Array.isArray(patch[name]) && !("measure" in patch[name]);
  const body = Object.keys(patch).map((name) => [name, isNested(name) ? inner(name) : was(known.body, name, name)]);
  return ["PATCH", address(sku), Object.fromEntries(body)];
}

const save = async (form) => change(patchOf(form));

// Reload with the PIN to fill in the parts hidden without it.
async function showCosts() {
  const answer = await fetchGranted(location.pathname + location.search);
  if (answer?.status !== 200) return;
  const page = new DOMParser().parseFromString(answer.text, "text/html");
  for (const id of ["costs", "changes"]) document.getElementById(id).replaceWith(page.getElementById(id));
  watch(document.getElementById("costs"));
}

watch(document.forms.product);
minding(document.forms.product);

document.forms.product.addEventListener("submit", (event) => {
  event.preventDefault();
  show("product-error", "");
  save(event.target).catch((field) => complain(field, unread));
});

document.getElementById("plan")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { price, list, other, from, until } = event.target.elements;
  const body = { price_minor: parseMinor(price.value), list: list.value || other.value.trim() };
  if (from.value) body.begins = from.value;
  if (until.value) body.ends = until.value;
  const now = body.list === "store" && !body.begins && !body.ends; // the product's price itself
  const was = now ? await undoing({ price_minor: body.price_minor }) : null;
  const answer = await askGranted("POST", `${address(sku)}/prices`, body);
  const from_us = Date.parse(answer?.body.begins ?? "") * 1000;
  if (answer?.status < 300) toast("saved", was ?? (from_us ? setsPrice({ price_minor: null, list: body.list, from_us }) : null), prices);
  tell(answer, "plan-error");
});

const prices = [`/manager/product?sku=${encodeURIComponent(sku)}`, "#part-prices tbody"];
const setsPrice = (price) => ["POST", "commands/SetPrice", { sku, source, ...price }];

const planned = document.querySelector("#plan [name=list]");

function askForAnotherList() {
  const { other } = planned.form.elements;
  other.closest("label").hidden = planned.value !== "";
  other.required = planned.value === "";
}

planned?.addEventListener("change", askForAnotherList);
if (planned) askForAnotherList(); // chosen before this file was there, or kept by the browser on the way back

// A picture is uploaded at once, but belongs to the product only once the form is saved.
document.getElementById("picture").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  show("product-error", "");
  const answer = await askGranted("POST", "pictures", file);
  target.value = "";
  if (answer?.status !== 200) return answer && show("product-error", messageOf(answer));
  const { name } = answer.body;
  add(target.closest("[data-group]")).value = name;
  document.getElementById("pictures").append(Object.assign(new Image(), { src: `/pictures/${name}`, alt: "" }));
  drawPictures();
});

const pictureAt = (name) => `/pictures/${encodeURIComponent(name)}`;

// Shows each picture in its row instead of its file name; the first one is the product's main picture.
function drawPictures() {
  const { first: word, crop: toCrop } = document.getElementById("picture").dataset;
  for (const row of document.querySelectorAll("[data-group=pictures] .rows .item")) {
    const name = row.querySelector("[data-column]").value;
    if (!name || row.querySelector("img")) continue;
    const first = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: word });
    first.dataset.first = "";
    first.addEventListener("click", () => row.parentElement.prepend(row));
    const crops = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: toCrop });
    crops.addEventListener("click", () => cropIn(row));
    row.prepend(Object.assign(new Image(), { src: pictureAt(name), alt: "" }), first, crops);
  }
}
drawPictures();

// A cropped picture takes the place of the whole one, once the form is saved.
function cropIn(row) {
  const held = row.querySelector("[data-column]");
  return crop(pictureAt(held.value), async (file) => {
    const answer = await askGranted("POST", "pictures", file);
    if (answer?.status !== 200) return answer ? messageOf(answer) : "";
    held.value = answer.body.name;
    row.querySelector("img").src = pictureAt(held.value);
    return null;
  });
}

document.getElementById("show-costs")?.addEventListener("click", showCosts);

document.getElementById("retire")?.addEventListener("click", async ({ target }) => {
  const back = target.dataset.command === "RetireProducts" ? "RestoreProducts" : "RetireProducts";
  undoBy(command(back, { skus: [sku], source }), [`/manager/product?sku=${encodeURIComponent(sku)}`, "#retire"]);
  tell(await sendGranted(target.dataset.command, { skus: [sku], source }), "product-error");
});

addEventListener("click", async ({ target }) => {
  const { back, drop, from, until, price } = target.dataset;
  if (back) {
    const [name, key] = back.split(/\.(.*)/s);
    change(key === undefined ? { [name]: null } : { [name]: { [key]: null } });
  }
  if (drop) {
    const ends = until ? { until_us: Number(until) } : {};
    const begins = Number(from) > Date.now() * 1000 ? { from_us: Number(from) } : {}; // one that ran begins again now
    undoBy(setsPrice({ price_minor: Number(price), list: drop, ...begins, ...ends }), prices);
    const body = { sku, price_minor: null, list: drop, from_us: Number(from), source };
    tell(await sendGranted("SetPrice", body), "plan-error");
  }
});

function tell(answer, id) {
  if (answer?.status < 300) location.reload();
  else if (answer) show(id, messageOf(answer));
}

listen(() => {});
