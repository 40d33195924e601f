// The stockroom on an offline phone: counts, receipts, transfers and waste are stored here with their IDs and sent in
// order when the shop answers again, by whichever page is open. See edge/web/static/kept_store.js.

import { parseQuantity } from "./amounts.js";
import { drawReads, readsOf } from "./away_reads.js";
import { meant } from "./dialogs.js";
import { uuid7 } from "./ids.js";
import * as kept from "./kept_sending.js";
import * as store from "./kept_store.js";

const LISTED = 20;
const DONE_SHOWN = 8;
const LOOK_MS = 15_000;
const RENEW_MS = 300_000;
const DAY_MS = 86_400_000;
const DRAW_MS = 2000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000];

const $ = (id) => document.getElementById(id);
const words = $("away").dataset;
const act = $("act");
const { lang, register } = document.body.dataset;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const shown = (thousandths) => (thousandths / 1000).toLocaleString(lang, { maximumFractionDigits: 3 });
const clock = (ms) => new Date(ms).toLocaleTimeString(document.body.dataset.dates || lang, { hour: "2-digit", minute: "2-digit" });

let about = null; // who this device is of
let pack = null; // what they keep
let chosen = null; // the product on the card
let changed = ""; // the entry that the form is the new wording of
let reached = false;
let tries = 0;
let told = null; // how many wait, as the shop was told last
let leftOut = 0; // products that did not fit here
let waits = 0; // entries that are not in the books
let anchor = null; // when this page heard the shop last, by the shop's clock and by one that nobody sets

const ask = (method, path, body, headers = {}) => kept.ask(lang, method, path, body, { Register: register, ...headers });

// Fetches changes and who is signed in here. Returns whether the shop answered and the user is allowed.
async function contact() {
  const whose = await store.people();
  const { status, body } = await ask("GET", `stock/pack?since=${pack?.head ?? 0}&epoch=${pack?.epoch ?? 0}&held=${whose}`);
  if (status === 401 || status === 403) {
    if (about.person !== null) await store.dropPack(about.person);
    pack = null;
    about = { ...about, hold_ms: 0 };
    await store.setAbout(about);
  }
  reached = status === 200;
  if (!reached) return false;
  const another = body.person !== about.person;
  if (another) [pack, told] = [null, null];
  if (another && body.since) return contact();
  pack = { ...merged(body), ...(await readsOf(ask)) };
  const now = Date.now();
  about = { ...about, person: body.person, heard_ms: now, hold_ms: body.hold_us / 1000, offset_ms: Math.round(body.at_us / 1000 - now), phone: about.phone || crypto.randomUUID(), register };
  anchor = { shop_ms: now + about.offset_ms, at: performance.now() };
  leftOut = await store.setPack(body.person, pack);
  await store.setAbout(about);
  for (const person of body.ended) await ended(person);
  return true;
}

// A person has left the shop: discard their key, list their unsent entries once, and report these as not done.
async function ended(person) {
  for (const entry of await store.end(person)) {
    $("ended").hidden = false;
    $("ended").querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: calledSo(entry) }));
    if (entry.what) await kept.giveUp(entry, "ended", ask);
  }
}

const calledSo = (one) => [one.deed, one.much, one.name, clock(one.at_ms)].filter(Boolean).join(" · ");

function merged(body) {
  if (!pack || !body.since) return body;
  const products = new Map(pack.products.map((one) => [one.sku, one]));
  for (const one of body.products) products.set(one.sku, one);
  for (const sku of body.gone) products.delete(sku);
  return { ...body, products: [...products.values()] };
}

// Offline, data is shown no longer than a sign-in lasts; unsent entries stay encrypted.
const held = () => pack !== null && Date.now() - about.heard_ms <= about.hold_ms && Date.now() >= about.heard_ms - DAY_MS;

// The shop's current time. The device's clock may be set back, and the monotonic one may stop while the device sleeps:
// use the later of the two, and never a time before the last contact.
const shopNow = () => Math.max(Date.now() + about.offset_ms, about.heard_ms + about.offset_ms, anchor ? anchor.shop_ms + performance.now() - anchor.at : 0);
const isClockDoubted = () => Math.abs(about.offset_ms) > DAY_MS || (anchor === null && Date.now() < about.heard_ms);

async function draw() {
  const open = held();
  $("work").hidden = !open;
  $("sign-in").hidden = open;
  $("link").textContent = reached ? $("link").dataset.on : $("link").dataset.off;
  $("link").className = `pill ${reached ? "good" : "warning"}`;
  $("as-of").textContent = open ? fill(words.asOf, { time: clock(about.heard_ms) }) : "";
  const many = (waits = await store.waiting());
  $("waiting").hidden = !many;
  $("waiting").querySelector("b").textContent = String(many);
  $("nearly").hidden = many < store.ENTRIES_NEARLY;
  $("nearly").textContent = fill(many >= store.ENTRIES_MOST ? words.full : words.nearly, { count: many, most: store.ENTRIES_MOST });
  if (navigator.setAppBadge) (many ? navigator.setAppBadge(many) : navigator.clearAppBadge()).catch(() => {});
  $("left-out").hidden = !leftOut;
  $("left-out").textContent = fill(words.leftOut, { count: leftOut });
  if (open) await list();
}

async function list() {
  const entries = (await store.entries(about.person)).filter((one) => one.what);
  $("note").hidden = !pack.may_count;
  drawReads(pack, about, new Set(entries.filter((one) => !kept.isOfStock(one)).map((one) => `${one.what} ${one.body.id}`)));
  $("entries").replaceChildren(
    ...entries.reverse().map((one) => {
      const row = $("entry").content.firstElementChild.cloneNode(true);
      row.dataset.id = one.id;
      row.dataset.state = one.state;
      row.querySelector("b").textContent = one.deed;
      row.querySelector("bdi").textContent = [one.much, one.name, clock(one.at_ms)].filter(Boolean).join(" · ");
      row.querySelector(".state").textContent = one.told || answered(one) || words[one.state];
      const may = { again: one.state === "refused", yes: one.state === "asks" && !one.other, add: one.other, replace: one.other, change: kept.isOfStock(one) && ["refused", "asks"].includes(one.state), drop: ["kept", "refused", "asks", "old"].includes(one.state) };
      for (const button of row.querySelectorAll("[data-do]")) button.hidden = !may[button.dataset.do];
      return row;
    }),
  );
}

// Sends queued entries one by one; only one open page sends at a time.
const send = () => (navigator.locks ? navigator.locks.request("kept-send", { ifAvailable: true }, (lock) => lock && drain()) : drain());

let drawn = 0;
async function progress() {
  if (performance.now() - drawn < DRAW_MS) return; // to open all that waits behind each of many takes longer than to send it
  await draw();
  drawn = performance.now();
}

async function drain() {
  if (!held() && !(await contact())) return;
  if (await kept.deliver(about.person, request, denied, progress)) tries = 0;
  else setTimeout(cycle, RETRY_MS[Math.min(++tries, RETRY_MS.length) - 1]);
  await store.tidy(about.person, DONE_SHOWN);
  await tell();
}

async function request(...asked) {
  const answer = await ask(...asked);
  reached = kept.isReached(answer.status);
  return answer;
}

// True if the user has to sign in, so the entry stays queued; false if they only lack permission for this one.
async function denied(status) {
  const isIn = await contact();
  return status === 401 || !isIn;
}

// A late count applies to the time it was made, so show what was booked since.
const answered = ({ late }) => (late ? fill(words.since, { counted: shown(late.counted), since: shown(late.since), now: shown(late.now) }) : "");

async function tell() {
  const many = await store.waiting();
  if (!reached || told === many || (told === null && !many)) return;
  const { status } = await ask("POST", "commands/NotePhone", { phone: about.phone, waiting: many }, { "Idempotency-Key": `"${uuid7()}"` });
  if (status === 200) told = many;
}

let turning = false;
async function cycle() {
  if (turning) return;
  turning = true;
  try {
    if (!reached || Date.now() - about.heard_ms > RENEW_MS) await contact();
    if (reached) await send();
  } finally {
    turning = false;
    await draw();
  }
}

// The form.

const digits = (text) => text.trim().replace(/^0+/, "");
function find(text) {
  const asked = text.trim().toLocaleLowerCase(lang);
  if (!asked) return [];
  const exact = pack.products.filter((one) => one.sku.toLocaleLowerCase(lang) === asked || (/^\d+$/.test(asked) && one.codes.some((code) => digits(code) === digits(asked))));
  return exact.length ? exact : pack.products.filter((one) => one.name.toLocaleLowerCase(lang).includes(asked)).slice(0, LISTED);
}

$("find").addEventListener("submit", (event) => event.preventDefault());
$("find").addEventListener("input", ({ target }) => show(find(target.value)));
$("find").addEventListener("submit", ({ target }) => {
  const [only, ...more] = find(target.elements.text.value);
  if (only && !more.length) choose(only);
  else if (!only) $("said").textContent = words.nothing;
});
function show(found) {
  $("found").replaceChildren(
    ...found.map((one) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${one.name} · ${one.sku}` });
      button.addEventListener("click", () => choose(one));
      return button;
    }),
  );
}

function choose(product) {
  chosen = product;
  $("found").replaceChildren();
  $("find").reset();
  $("said").textContent = "";
  $("wrong").textContent = "";
  act.hidden = false;
  act.querySelector("h2 bdi").textContent = product.name;
  const called = new Map(pack.places.map((one) => [one.id, one.name]));
  $("there").replaceChildren(
    ...product.at.map(([place, quantity, expiry]) =>
      Object.assign(document.createElement("li"), { textContent: [called.get(place) ?? place, shown(quantity), expiry].filter(Boolean).join(" · ") }),
    ),
  );
  const { at, to, of, amount } = act.elements;
  for (const field of [at, to]) {
    const was = field.value;
    field.replaceChildren(...pack.places.map((one) => new Option(one.name, one.id)));
    if (called.has(was)) field.value = was;
  }
  at.closest("label").hidden = pack.places.length < 2;
  act.querySelector("[value=transfer]").disabled = pack.places.length < 2;
  of.hidden = product.box < 2;
  of.value = "units";
  amount.value = "";
  modes();
  amount.focus();
}

// Users who may not adjust stock can count only where a stock count is open.
function modes() {
  const place = pack.places.find((one) => one.id === act.elements.at.value) ?? pack.places[0];
  const count = act.querySelector("[value=adjust]");
  count.disabled = !pack.may_count && !place.count;
  if (count.checked && count.disabled) act.querySelector("[value=in]").checked = true;
  const mode = act.elements.mode.value;
  for (const part of act.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== mode;
  return { mode, place };
}
act.addEventListener("change", modes);

function command(quantity) {
  const { mode, place } = modes();
  const { of, to, expiry, cause } = act.elements;
  const amounts = of.value === "boxes" ? { boxes: quantity / 1000, units: 0 } : { boxes: 0, units: quantity };
  const said_us = Math.round(shopNow() * 1000);
  if (mode === "transfer") {
    const all = of.value === "boxes" ? quantity * chosen.box : quantity;
    return ["TransferStock", { from_location: place.id, to_location: to.value, lines: [{ sku: chosen.sku, quantity: all }] }, said_us];
  }
  if (mode === "adjust" && place.count) return ["CountLine", { count: place.count, sku: chosen.sku, ...amounts, said_us }, said_us];
  const body = { sku: chosen.sku, type: mode, ...amounts, location: place.id, said_us };
  if (mode === "in") Object.assign(body, { expiry: expiry.value, reason: "delivery" });
  if (mode === "waste") body.cause = cause.value;
  return ["RecordMovement", body, said_us];
}

// Browsers with Background Sync send even after this page is closed.
const later = () => navigator.serviceWorker?.ready.then((one) => one.sync?.register("kept")).catch(() => {});

let keeping = false;
act.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (keeping) return;
  const { amount, of, mode } = act.elements;
  const quantity = parseQuantity(amount.value);
  if (quantity === null || (of.value === "boxes" && quantity % 1000)) return ($("wrong").textContent = words.wrong);
  keeping = true;
  try {
    if (isClockDoubted() && !(await meant(fill(words.clock, { time: clock(shopNow()) })))) return undefined;
    const [what, body, said_us] = command(quantity);
    const deed = act.querySelector(`[value=${mode.value}] + span`).textContent;
    const much = of.value === "boxes" ? `${amount.value} ${words.whole}` : amount.value;
    const entry = { id: uuid7(), drop_id: uuid7(), what, body, said_us, sku: chosen.sku, name: chosen.name, deed, much, told: "" };
    if (!(await store.add(about.person, entry))) return ($("wrong").textContent = fill(words.full, { most: store.ENTRIES_MOST }));
    later();
    if (changed) await store.remove(changed);
    changed = "";
  } catch {
    return ($("wrong").textContent = words.noRoom); // the browser keeps no more: what is there stays
  } finally {
    keeping = false;
  }
  act.hidden = true;
  $("said").textContent = words.said;
  await draw();
  return cycle();
});

$("entries").addEventListener("click", async ({ target }) => {
  const row = target.closest("[data-id]");
  const how = target.dataset.do;
  if (!how || !row) return;
  const entry = (await store.entries(about.person)).find((one) => one.id === row.dataset.id);
  if (how === "drop") return dropped(entry);
  if (how === "change") return again(entry);
  const next = { ...entry, state: "kept", told: "", other: false };
  if (how === "yes") next.answers = [...(entry.answers ?? []), entry.asked];
  if (how === "add" || how === "replace") next.body = { ...entry.body, mode: how };
  // an edited entry is a new command with its own ID; the refused one had no effect
  if (await store.add(about.person, { ...next, id: uuid7() }).catch(() => false)) await store.remove(entry.id);
  else $("said").textContent = words.noRoom;
  await draw();
  await cycle();
});

// Entries that don't change stock: acknowledging or closing an alert, and notes sent as alerts.
// `form`: emptied once its entry is kept, before anything is sent, so that a slow network invites no second press.
async function aside(entry, form = null) {
  const said_us = Math.round(shopNow() * 1000);
  const there = await store.add(about.person, { id: uuid7(), drop_id: uuid7(), said_us, much: "", told: "", ...entry(said_us) }).catch(() => false);
  $("said").textContent = there ? words.said : words.noRoom;
  if (there) {
    form?.reset();
    later();
  }
  await draw();
  await cycle();
}

// If an alert has become more severe meanwhile, it is raised again.
$("alerts").addEventListener("click", ({ target }) => {
  const what = target.dataset.what;
  const row = target.closest("[data-alert]");
  if (!what || !row) return;
  const { id, title } = pack.alerts.find((one) => one.id === Number(row.dataset.alert));
  aside((said_us) => ({ what, body: what === "CloseAlert" ? { id } : { id, said_us }, sku: `alert ${id}`, name: title, deed: target.textContent }));
});

$("note").addEventListener("submit", (event) => {
  event.preventDefault();
  const title = event.target.elements.title.value.trim();
  if (title) aside(() => ({ what: "SendAlert", body: { title }, sku: `note ${uuid7()}`, name: title, deed: words.note }), event.target);
});

// Entries are never dropped silently: ask first, and tell the shop which one was discarded.
async function dropped(entry) {
  if (!(await meant(words.sure))) return;
  if (entry.state !== "old" && !(await kept.giveUp(entry, "person", ask))) return void ($("said").textContent = $("link").dataset.off);
  await store.remove(entry.id);
  await tell();
  await draw();
}

function again(entry) {
  const product = pack.products.find((one) => one.sku === entry.sku);
  if (!product) return;
  choose(product);
  changed = entry.id;
}

async function begin() {
  about = await store.about();
  pack = about.person === null ? null : await store.pack(about.person);
  await draw();
  await cycle();
  const lasting = navigator.storage?.persist ? await navigator.storage.persist() : false;
  $("throws").hidden = lasting;
  $("throws").textContent = words.throws;
}

// Warn before closing the page with unsent entries, but not when following a link to another page of the shop.
let goesOn = false;
addEventListener("click", ({ target }) => (goesOn = Boolean(target.closest?.("a[href]"))), true);
addEventListener("beforeunload", (event) => {
  if ((waits || (!act.hidden && act.elements.amount.value)) && !goesOn) event.preventDefault();
});

addEventListener("online", cycle);
addEventListener("focus", cycle);
setInterval(async () => ((await store.waiting()) || !reached ? cycle() : draw()), LOOK_MS);
begin();
