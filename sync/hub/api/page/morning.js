// The running day by hour, compared with the same weekday a week before; what needs attention, store by store; what
// is out of stock, and which store could spare some.

import { bars } from "./charts.js";
import { ago, ask, byId, count, dateLocale, Fault, money, moved, PAGES_MAX, productNames, rowsOf, state, storeName, t, table, thousandthsOf, zone } from "./common.js";
import { hourOf, opens } from "./opened.js";
import { edit } from "./edit.js";

const HOUR_MS = 3_600_000;
const WEEK_DAYS = 7;
const OPEN_DAY_H = 6; // until then the day before may still run
const NEEDS = 50;
const SHORT = 30;
const SHORT_KEPT_MS = 10 * 60_000;
const thousandths = (amount) => new Intl.NumberFormat(state.lang, { maximumFractionDigits: 3 }).format(amount / 1000);

let shortOf = ""; // for whom and which stores shortages are shown,
let shortAt = 0; // and since when

const localDay = (moment) => moment.toLocaleDateString("sv");

// The day that shops are selling on: the newest one with sales, which after midnight may still be yesterday.
export async function runningDay() {
  const today = localDay(new Date());
  const rows = await rowsOf("sales/sums", { from: moved(today, -1), to: moved(today, 1) });
  const sold = rows.filter((row) => row.sales).map((row) => row.business_date);
  return sold.length ? sold.reduce((one, other) => (one > other ? one : other)) : today;
}

// Whether more sales may still be booked on the day.
export function isRunning(day) {
  const now = new Date();
  const today = localDay(now);
  return day >= today || (state.follows && day === moved(today, -1) && now.getHours() < OPEN_DAY_H);
}

const hourText = (hour) => new Intl.DateTimeFormat(dateLocale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone() }).format(new Date(hour));

export async function askHours(day) {
  const of = (date) => rowsOf("sales/hours/sums", { from: date, to: date });
  const [now, before] = await Promise.all([of(day), of(moved(day, -WEEK_DAYS))]);
  const then = before.map((row) => ({ ...row, hour: new Date(Date.parse(row.hour) + WEEK_DAYS * 24 * HOUR_MS).toISOString() }));
  return { now: now.map((row) => ({ ...row, hour: new Date(row.hour).toISOString() })), then };
}

// The takings of both days in a currency, up to the last full hour of a day that is still running.
export function untilNow({ now, then }, currency) {
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const sum = (rows) => rows.filter((row) => row.currency === currency && Date.parse(row.hour) < end).reduce((all, row) => all + row.paid_minor, 0);
  return { now: sum(now), then: sum(then), at: hourText(end) };
}

export function showHours({ now, then }) {
  const currencies = [...new Set([...now, ...then].map((row) => row.currency))].sort();
  const lines = currencies.flatMap((currency) => {
    const of = (rows) => new Map(rows.filter((row) => row.currency === currency).map((row) => [row.hour, row]));
    const [mine, before] = [of(now), of(then)];
    return [...new Set([...mine.keys(), ...before.keys()])].sort().map((hour) => ({ currency, hour, mine: mine.get(hour), before: before.get(hour) }));
  });
  byId("hours-chart").replaceChildren(...currencies.map((currency) => {
    const place = document.createElement("div");
    const points = lines.filter((line) => line.currency === currency);
    bars(place, t("hours_of", { currency }), points.map(({ hour, mine, before }) => [hourText(hour), mine?.paid_minor ?? 0, money(mine?.paid_minor ?? 0, currency), before?.paid_minor ?? 0]));
    return place;
  }));
  const { day } = state;
  const weekBefore = (hour) => new Date(Date.parse(hour) - WEEK_DAYS * 24 * HOUR_MS).toISOString();
  table("hours", [
    ["hour", "", ({ hour }) => hourText(hour)],
    ["sales", "number", ({ mine, hour, currency }) => (mine ? opens(count(mine.sales), () => hourOf("sales", hour, day, currency, [mine.sales])) : "")],
    ["paid", "number", ({ mine, hour, currency }) => (mine ? opens(money(mine.paid_minor, currency), () => hourOf("paid", hour, day, currency, [mine.paid_minor])) : "")],
    ["week_before", "number", ({ before, hour, currency }) => (before ? opens(money(before.paid_minor, currency), () => hourOf("paid", weekBefore(hour), moved(day, -WEEK_DAYS), currency, [before.paid_minor])) : "")],
  ], lines);
}

// A link to an area, narrowed to a store.
export function way(text, area, store = "") {
  const one = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: text });
  one.addEventListener("click", () => {
    const scope = byId("scope");
    const wanted = JSON.stringify({ store });
    if (store && [...scope.options].some((option) => option.value === wanted) && scope.value !== wanted) {
      scope.value = wanted;
      scope.dispatchEvent(new Event("change"));
    }
    location.hash = `#/${area}`;
  });
  return one;
}

// `boxes` with each one's trouble; urgent `alerts`; `waiting`: publications. The most serious comes first.
export function showNeeds(boxes, alerts, waiting) {
  const versions = boxes.map(({ box }) => box.app).filter(Boolean);
  const often = (version) => versions.filter((one) => one === version).length;
  const usual = versions.reduce((most, one) => (often(one) > often(most) ? one : most), versions[0]);
  const other = boxes.filter(({ box, trouble }) => !trouble && box.app && box.app !== usual);
  const rows = [
    ...boxes.filter(({ trouble }) => trouble).map(({ box, trouble }) => ({ store: box.store, text: trouble, area: "boxes", since: box.heard_at })),
    ...alerts.map((one) => ({ store: one.store, text: one.titles?.[state.lang] || one.title, area: "alerts", since: one.raised_at })),
    ...waiting.map((one) => ({ store: "", text: t("waits_for_approval", { title: one.title || one.id }), area: "publications", since: one.changed_at })),
    ...other.map(({ box }) => ({ store: box.store, text: t("other_version", { version: box.app, usual }), area: "boxes", since: box.heard_at })),
  ];
  byId("needs").hidden = !rows.length;
  if (!rows.length) return;
  table("needs", [
    ["store", "", (row) => (row.store ? storeName(row.store) : t("all_stores"))],
    ["need", "text", (row) => way(row.text, row.area, row.store)],
    ["since", "", (row) => (row.since ? ago(row.since) : t("never"))],
  ], rows.slice(0, NEEDS));
}

// What a store has run out of, and which store has more of it than it needs, whichever stores are in view. The
// page's own refreshes (`again`) keep what is shown for a while: a chain may have thousands of rows.
export async function shortages(still, again = false) {
  const asked = JSON.stringify([state.me.tenant, state.lang, state.scope]);
  if (again && asked === shortOf && Date.now() - shortAt < SHORT_KEPT_MS) return;
  const [short, rich, moves] = await Promise.all([rowsOf("stock", { status: "critical" }), rowsOf("stock", { status: "excess" }, PAGES_MAX, {}), rowsOf("transfers", { state: "sent" }, 1)]);
  const bySku = new Map();
  for (const one of rich.sort((left, right) => right.available - left.available)) bySku.set(one.sku, [...(bySku.get(one.sku) ?? []), one]);
  const from = (row) => bySku.get(row.sku)?.find((one) => one.store !== row.store);
  const rows = short.map((row) => ({ ...row, from: from(row) })).sort((one, other) => Boolean(other.from) - Boolean(one.from) || one.available - other.available);
  const names = await productNames(rows.slice(0, SHORT));
  if (!still()) return;
  [shortOf, shortAt] = [asked, Date.now()];
  byId("shortages-more").textContent = rows.length > SHORT ? t("lines_more", { count: count(rows.length - SHORT) }) : "";
  table("shortages", [
    ["product", "text", (row) => way(names.get(row.sku) || row.sku, "stock", row.store)],
    ["store", "", (row) => storeName(row.store)],
    ["available", "number", (row) => thousandths(row.available)],
    ["on_order", "number", (row) => thousandths(row.on_order)],
    ["could_come", "text", (row) => (row.from ? t("could_come_from", { store: storeName(row.from.store), amount: thousandths(row.from.available) }) : "–")],
    ...(state.me.may.includes("publish") ? [["action", "", (row) => (row.from ? moveButton(row, names.get(row.sku) || row.sku) : "")]] : []),
  ], rows.slice(0, SHORT));
  const waiting = moves.filter((row) => row.state === "sent");
  byId("moves").replaceChildren(...(waiting.length ? [way(t("moves_under_way", { count: count(new Set(waiting.map((row) => row.id)).size) }), "stock")] : []));
}

// Asks the store with excess stock for a transfer, as a draft that someone there sends. The same amount again on the same
// day is the same request.
function moveButton(row, name) {
  const one = Object.assign(document.createElement("button"), { type: "button", textContent: t("move"), ariaLabel: `${t("move")} ${name}` });
  const half = Math.min(row.from.available, Math.max(1000, Math.floor(row.from.available / 2000) * 1000));
  one.addEventListener("click", () => edit(t("move_title", { product: name, from: storeName(row.from.store), to: storeName(row.store) }), { move_amount: 20 }, { move_amount: thousandths(half) }, async ({ move_amount: amount }) => {
    const quantity = thousandthsOf(amount);
    if (!(quantity > 0)) throw new Fault(400, { detail: t("move_amount_wrong") });
    if (quantity > row.from.available) throw new Fault(400, { detail: t("move_amount_most", { amount: thousandths(row.from.available) }) });
    const wanted = { to_store: row.store, lines: [{ sku: row.sku, quantity }], note: t("move_note") };
    const key = [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify([localDay(new Date()), row.from.store, row.store, row.sku, quantity]))))].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 40);
    const { version } = await ask(`/v1/stores/${encodeURIComponent(row.from.store)}/transfers`, wanted, { "Idempotency-Key": `move-${key}` });
    return () => edit(t("move_asked", { store: storeName(row.from.store) }), {}, {}, () => answerOf(row.from.store, version), { word: "move_answer" });
  }, { word: "move" }));
  return one;
}

// What the other store has made of the request so far.
async function answerOf(store, version) {
  const { rows: [found] } = await ask(`/v1/directives/outcomes?${new URLSearchParams({ store, version, limit: 1 })}`);
  const word = !found ? "move_unheard" : found.outcome !== "applied" || !found.changed ? "move_refused" : "move_drafted";
  return () => edit(t(word, { store: storeName(store) }), {}, {}, () => (found ? undefined : answerOf(store, version)), { word: found ? "close" : "move_answer" });
}
