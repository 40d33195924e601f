// The areas of the day and of the boxes: sales, tenders, taxes, KPIs, receipts; and the state of each box.

import { askAttention, averageOf, showAttention, showFigures as showDayFigures } from "./attention.js";
import { bars } from "./charts.js";
import { ago, ask, byId, byStore, count, dateLocale, dayText, foldRows, longDay, moment, money, moved, percent, rowsOf, state, storeName, storesByName, t, table, words } from "./common.js";
import { askHours, runningDay, shortages, showHours, showNeeds, way } from "./morning.js";
import { dayOf, kpiOf, link, openReceipt, opens, receiptNumber, storeOf, taxOf, tenderOf } from "./opened.js";
import { putAside } from "./put_aside.js";
import { software } from "./software.js";
import { cases } from "./support.js";

const SILENT_S = 15 * 60;
const DAYS = 30;
const DAYS_SHOWN = 7;
const RECEIPTS_SHOWN = 10;
const REPORT_DAYS = { daily: 7, weekly: 21, monthly: 62 }; // how far back a store's newest report is looked for

let currencies = new Map(); // by store, as its sales say
let compared = 0; // how often key figures were asked for

function summed(rows, key, ...fields) {
  const sums = new Map();
  for (const row of rows) {
    const of = key(row);
    const sum = sums.get(of) || { ...row, ...Object.fromEntries(fields.map((field) => [field, 0])) };
    for (const field of fields) sum[field] += row[field] ?? 0;
    sums.set(of, sum);
  }
  return [...sums.values()];
}

function stateOf(box) {
  if (box.stopped_code) return { className: "grave", text: t("stopped", { why: box.stopped_text }) };
  if (!box.heard_at || Date.now() - new Date(box.heard_at) > SILENT_S * 1000) return { className: "warning", text: t("silent") };
  if (box.quarantined) return { className: "warning", text: t("has_aside", { count: count(box.quarantined) }) };
  if (box.waiting) return { className: "warning", text: t("waiting", { why: box.waiting }) };
  if (box.behind) return { className: "", text: t("behind", { count: count(box.behind) }) };
  return { className: "good", text: t("well") };
}

const OF_MACHINE = ["disk_full", "clock_doubted", "read_only"]; // alerts of a box itself

const DISK_LOW = 0.1; // of a disk
const CLOCK_MS = 60_000; // further off, prices and offers change at another moment

const diskOf = (box) => ({ low: box.disk_free_mib < box.disk_mib * DISK_LOW, text: t("disk_free", { free: count(Math.floor(box.disk_free_mib / 1024)), all: count(Math.ceil(box.disk_mib / 1024)) }) });

function clockOf(box) {
  const low = box.clock_doubted || Math.abs(box.clock_ms) > CLOCK_MS;
  return { low, text: low ? t(box.clock_ms < 0 ? "clock_behind" : "clock_ahead", { count: count(Math.round(Math.abs(box.clock_ms) / 1000)) }) : t("clock_right") };
}

// What a box reported about its machine, and when.
function lately(box, read) {
  if (!box.machine_told_at) return t("machine_untold");
  const { low, text } = read(box);
  return { className: low ? "pill warning" : "", text: `${text} · ${ago(box.machine_told_at)}`, title: moment(box.machine_told_at) };
}

// `rings` by store; `troubles`: null if the user may not read alerts.
function showBoxes(boxes, rings, troubles) {
  table("boxes", [
    ["store", "", (box) => storeName(box.store)],
    ["box", "", (box) => box.device],
    ["state", "text", stateOf],
    ["heard", "", (box) => (box.heard_at ? { text: ago(box.heard_at), title: moment(box.heard_at) } : t("never"))],
    ["version", "", (box) => box.app],
    ["ring", "", (box) => (rings.get(box.store) ? t(`ring_${rings.get(box.store)}`) : "")],
    ...(troubles ? [["area_alerts", "text", (box) => troubles.filter((one) => one.store === box.store && one.device === box.device).map((one) => one.titles?.[state.lang] || one.title).join(" · ")]] : []),
    ["disk", "text", (box) => lately(box, diskOf)],
    ["clock", "text", (box) => lately(box, clockOf)],
    ["held", "number", (box) => count(box.through)],
    ["shown_to", "number", (box) => (box.projected === null ? t("none_yet") : count(box.projected))],
  ], boxes);
}

function showDay(rows, before, known, hours) {
  const earlier = new Map(before.map((row) => [`${row.store} ${row.currency}`, row]));
  const seen = new Set(rows.map((row) => row.store));
  const closed = known.filter((store) => !seen.has(store)).map((store) => ({ store, closed: true }));
  const all = byStore([...rows, ...closed]);
  const once = (row) => earlier.get(`${row.store} ${row.currency}`);
  const { day } = state;
  const part = (figure, value, text) => (row) => (row.closed ? "" : opens(text(row), () => storeOf(figure, row.store, day, row.currency, value(row))));
  const whole = (figure, sum, text, shown, of = day) => opens(text, () => dayOf(figure, of, sum.currency, shown));
  const weekAgo = moved(day, -7);
  const totals = summed(rows, (row) => row.currency, "sales", "voids", "refunds", "paid_minor", "net_minor", "earning", "earned_minor");
  const sums = new Map(summed(before, (row) => row.currency, "paid_minor").map((row) => [row.currency, row.paid_minor]));
  showDayFigures(totals, sums, hours);
  table("today", [
    ["store", "", (row) => way(storeName(row.store), "today", row.store)],
    ["sales", "number", (row) => (row.closed ? t("nothing_sold") : part("sales", (one) => [one.sales], (one) => count(one.sales))(row))],
    ["voids", "number", part("voids", (row) => [row.voids], (row) => count(row.voids))],
    ["refunds", "number", part("refunds", (row) => [row.refunds], (row) => count(row.refunds))],
    ["paid", "number", part("paid", (row) => [row.paid_minor], (row) => money(row.paid_minor, row.currency))],
    ["net", "number", part("net", (row) => [row.net_minor], (row) => money(row.net_minor, row.currency))],
    ["average", "number", part("average", (row) => [row.earning, row.earned_minor], (row) => averageOf(row, ""))],
    ["week_before", "number", (row) => (once(row) ? opens(money(once(row).paid_minor, row.currency), () => storeOf("paid", row.store, weekAgo, row.currency, [once(row).paid_minor])) : "")],
  ], all, totals.map((sum) => [
    t("all_stores"), whole("sales", sum, count(sum.sales), [sum.sales]), whole("voids", sum, count(sum.voids), [sum.voids]), whole("refunds", sum, count(sum.refunds), [sum.refunds]),
    whole("paid", sum, money(sum.paid_minor, sum.currency), [sum.paid_minor]), whole("net", sum, money(sum.net_minor, sum.currency), [sum.net_minor]),
    whole("average", sum, averageOf(sum, ""), [sum.earning, sum.earned_minor]),
    sums.has(sum.currency) ? whole("paid", sum, money(sums.get(sum.currency), sum.currency), [sums.get(sum.currency)], weekAgo) : "",
  ]));
}

function showSums(tenders, taxes) {
  table("tenders", [
    ["store", "", (row) => storeName(row.store)],
    ["kind", "", (row) => words[state.lang][`tender_${row.kind}`] || row.kind],
    ["amount", "number", (row) => opens(money(row.amount_minor, row.currency), () => tenderOf(row))],
  ], tenders);
  table("taxes", [
    ["store", "", (row) => storeName(row.store)],
    ["tax", "", (row) => `${words[state.lang][`tax_name_${row.name}`] || row.name} ${percent(row.rate)}`],
    ["taxed", "number", (row) => opens(money(row.net_minor, row.currency), () => taxOf(row))],
    ["tax_sum", "number", (row) => opens(money(row.tax_minor, row.currency), () => taxOf(row))],
  ], taxes);
}

function showAside(rows) {
  table("aside", [
    ["store", "", (row) => storeName(row.store)],
    ["box", "", (row) => row.device],
    ["place", "number", (row) => `${row.epoch}/${row.seq}`],
    ["type", "", (row) => `${row.type} v${row.version}`],
    ["tables", "", (row) => row.projector],
    ["why", "text", (row) => row.reason],
    ["since", "", (row) => moment(row.quarantined_at)],
  ], rows);
}

// `days` are sums over all stores, oldest first; one chart for each currency, mostly a single one.
function showMonth(days) {
  const currenciesSold = [...new Set(days.map((row) => row.currency))];
  byId("chart").replaceChildren(...currenciesSold.map((currency) => {
    const place = document.createElement("div");
    const of = days.filter((row) => row.currency === currency);
    const label = (date) => new Intl.DateTimeFormat(dateLocale(), { day: "numeric", month: "numeric", timeZone: "UTC" }).format(new Date(date));
    bars(place, t("chart_of", { currency }), of.map((row) => [label(row.business_date), row.paid_minor, money(row.paid_minor, currency)]));
    return place;
  }));
  const of = (figure, read, text) => (row) => opens(text(read(row), row.currency), () => dayOf(figure, row.business_date, row.currency, [read(row)]));
  table("by-day", [
    ["date", "", (row) => longDay(row.business_date)],
    ["sales", "number", of("sales", (row) => row.sales, count)],
    ["voids", "number", of("voids", (row) => row.voids, count)],
    ["refunds", "number", of("refunds", (row) => row.refunds, count)],
    ["paid", "number", of("paid", (row) => row.paid_minor, money)],
    ["net", "number", of("net", (row) => row.net_minor, money)],
  ], [...days].reverse());
  foldRows("by-day", DAYS_SHOWN);
}

// A KPI of a store's report in its unit; "" if nothing was measured.
function figure(unit, value, currency) {
  if (value === null) return "";
  if (unit === "minor") return currency ? money(value, currency) : count(value);
  if (unit === "permille") return percent(value * 100);
  return unit === "tenths" ? new Intl.NumberFormat(state.lang, { minimumFractionDigits: 1 }).format(value / 10) : count(value);
}

// Side by side: every KPI of each store's newest report, a row for each store.
function showFigures(rows, currencies) {
  const known = [...new Set(rows.map((row) => row.name))].filter((name) => words[state.lang][`kpi_${name}`]);
  const shown = rows.filter((row) => known.includes(row.name));
  const place = (row) => Object.keys(words[state.lang]).indexOf(`kpi_${row.name}`);
  byStore(shown).sort((one, other) => place(one) - place(other));
  table("figures", [
    ["figure", "text", (row) => t(`kpi_${row.name}`)],
    ["store", "", (row) => storeName(row.store)],
    ["value", "number", (row) => opens(figure(row.unit, row.value, currencies.get(row.store)), () => kpiOf(row, currencies.get(row.store)))],
    ["before", "number", (row) => figure(row.unit, row.before, currencies.get(row.store))],
    ["period", "", (row) => (row.first_day === row.last_day ? dayText(row.first_day) : `${dayText(row.first_day)} – ${dayText(row.last_day)}`)],
  ], shown.filter((row) => row.value !== null));
}

function receiptButton(row) {
  const one = link(receiptNumber(row), () => openReceipt(row), row.voided_by ? t("undone") : "");
  one.classList.toggle("struck", Boolean(row.voided_by));
  return one;
}

function showReceipts(rows) {
  table("receipts", [
    ["receipt", "", receiptButton],
    ["box", "", (row) => row.device],
    ["when", "", (row) => moment(row.at, row.store)],
    ["pieces", "number", (row) => count((row.lines || []).length)],
    ["total", "number", (row) => money(row.total_minor + row.rounding_minor, row.currency)],
    ["undone", "", (row) => (row.voided_by ? t("undone_by", { number: row.voided_by }) : "")],
  ], rows);
  foldRows("receipts", RECEIPTS_SHOWN);
}

// ---- requests

function showStores(stores) {
  const field = byId("store");
  const kept = field.value;
  field.replaceChildren(...stores.map((store) => new Option(storeName(store), store)));
  if (stores.includes(kept)) field.value = kept;
}

export async function figures() {
  const mine = (compared += 1);
  const kind = byId("of").value;
  const made = await rowsOf("insight/kpis", { kind, name: "sales", from: moved(state.day, -REPORT_DAYS[kind]), to: state.day });
  const newest = new Map(); // by store: mostly all stores made theirs of the same days, and nothing else is asked for
  for (const row of made) if (row.first_day > (newest.get(row.store) || "")) newest.set(row.store, row.first_day);
  const days = [...new Set(newest.values())];
  const rows = await Promise.all(days.map((from) => rowsOf("insight/kpis", { kind, from, to: from })));
  if (mine === compared) showFigures(rows.flat().filter((row) => row.first_day === newest.get(row.store)), currencies);
}

export async function receipts() {
  const store = byId("store").value;
  if (!store) return showReceipts([]);
  const number = byId("number").value.trim();
  const filters = { store, date: state.day, ...(/^[0-9]{1,12}$/.test(number) ? { number } : {}) };
  const found = await ask(`/v1/sales/receipts?${new URLSearchParams({ ...filters, limit: 200 })}`);
  byId("more").hidden = found.next === null;
  return showReceipts(found.rows);
}

// The whole day; `still()` is false once something newer was requested; `again`: nobody asked for it.
export async function today(still, again = false) {
  if (state.follows) state.day = await runningDay();
  if (!still()) return;
  const { day } = state;
  byId("date").value = day;
  const on = (date) => rowsOf("sales", { from: date, to: date });
  const days = { from: day, to: day };
  const [boxes, sold, before, month, tenders, taxes, needs, hours] = await Promise.all([
    rowsOf("devices"), on(day), on(moved(day, -7)), rowsOf("sales/sums", { from: moved(day, -DAYS), to: day }),
    rowsOf("sales/tenders", days), rowsOf("sales/taxes", days), askAttention(), askHours(day),
  ]);
  if (!still()) return;
  const known = storesByName(new Set([...boxes, ...sold, ...before].map((row) => row.store)));
  showAttention(needs, boxes.filter((box) => stateOf(box).className.match(/grave|warning/)).length);
  const wrong = (box) => { const { className, text } = stateOf(box); return /grave|warning/.test(className) ? text : ""; };
  showNeeds(boxes.map((box) => ({ box, trouble: wrong(box) })), needs.alerts, needs.waiting);
  showHours(hours);
  showDay(sold, before, known, hours);
  showSums(tenders, taxes);
  showMonth(month.filter((row) => row.sales || row.refunds || row.paid_minor));
  showStores(known);
  currencies = new Map([...before, ...sold, ...state.kept].map((row) => [row.store, row.currency]));
  await Promise.all([receipts(), figures(), shortages(still, again)]);
}

export async function boxes(still) {
  const mayRead = state.me.may.includes("read");
  const [found, aside, stores, raised] = await Promise.all([
    rowsOf("devices"), rowsOf("quarantine", {}, 1), rowsOf("stores"), mayRead ? rowsOf("alerts", { state: "raised" }) : null,
  ]);
  if (!still()) return;
  showBoxes(found, new Map(stores.map((row) => [row.store, row.ring])), raised?.filter((row) => OF_MACHINE.includes(row.kind)) ?? null);
  showAside(aside);
  await Promise.all([cases(still), software(still), putAside(still)]);
}
