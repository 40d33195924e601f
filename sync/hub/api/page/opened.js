// A figure opened: into stores, hours, products and days, and each of them into receipts. Their rows add up to it.

import { byId, count, dateLocale, dayText, Fault, longDay, moment, money, percent, productNames, refusal, rowsOf, state, storeName, t, table, words, zone } from "./common.js";
import { edit } from "./edit.js";

const SHOWN = 200; // rows of a table; what is left stands in one line below
const PAGES = 20; // of 1000 rows: receipts of a store and day

const thousandths = (amount) => new Intl.NumberFormat(state.lang, { maximumFractionDigits: 3 }).format(amount / 1000);
export const receiptNumber = (row) => `${row.register}-${String(row.number).padStart(6, "0")}`;
const minor = (word, read, currency) => ({ word, read, say: (value) => money(value, currency) });
const many = (word, read) => ({ word, read, say: count });

// What a receipt or a day adds to each figure of the day.
const FIGURES = {
  paid: (currency) => [minor("paid", (row) => row.paid_minor, currency)],
  net: (currency) => [minor("net", (row) => row.net_minor, currency)],
  sales: () => [many("sales", (row) => row.sales)],
  voids: () => [many("voids", (row) => row.voids)],
  refunds: () => [many("refunds", (row) => row.refunds)],
  average: (currency) => [many("earning", (row) => row.earning), minor("earned", (row) => row.earned_minor, currency)],
};

export function link(text, act, title = t("open_figure")) {
  const one = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: text, title });
  one.addEventListener("click", () => void within(act));
  return one;
}

// A figure as a button that opens it; `level` is made when it's pressed.
export const opens = (text, level) => link(text, () => show([level()]));

// Rows with the same key together, in the order in which they come.
function together(rows, key, fields) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) || []), row]);
  return [...groups].map(([of, parts]) => ({ of, parts, sums: fields.map(({ read }) => parts.reduce((sum, row) => sum + read(row), 0)) }));
}

// ---- levels: { title, first, fields, shown?, why?, whole?, also?, ask }. `first`: the word over the names; `shown`: the
// figure they have to add up to, and `why` they may not; `whole`: both sides of a figure that is no sum of its lines.
// `ask` finds lines of { name, sums, next?, paper? }.

// A figure of a day over the stores in view.
export function dayOf(figure, day, currency, shown) {
  const fields = FIGURES[figure](currency);
  return {
    title: `${t(figure)} · ${longDay(day)}`, first: "store", fields, shown,
    ask: async () => (await rowsOf("sales", { from: day, to: day, currency })).filter((row) => fields.some(({ read }) => read(row)))
      .map((row) => ({ name: storeName(row.store), sums: fields.map(({ read }) => read(row)), next: (sums) => storeOf(figure, row.store, day, currency, sums) })),
  };
}

// The same in one store, by the hour; also by product.
export function storeOf(figure, store, day, currency, shown) {
  const fields = FIGURES[figure](currency);
  return {
    title: `${t(figure)} · ${storeName(store)} · ${longDay(day)}`, first: "hour", fields, shown,
    also: [["products_sold", () => productsOf(store, day, currency)]],
    ask: async () => {
      const rows = await rowsOf("sales/papers", { store, from: day, to: day, currency }, PAGES);
      const counted = rows.filter((row) => fields.some(({ read }) => read(row))).sort(byTime);
      return together(counted, (row) => row.hour, fields).map(({ of, parts, sums }) => ({ name: hourText(of, store), sums, next: (found) => papers(`${t(figure)} · ${storeName(store)} · ${hourText(of, store)}`, fields, found, () => parts) }));
    },
  };
}

// Sales or takings of an hour over the stores in view.
export function hourOf(figure, hour, day, currency, shown) {
  const fields = FIGURES[figure](currency);
  const counted = figure === "sales" ? [many("sales", (row) => Number(row.paper === "sale" && row.voided_by === null))] : fields; // as the hour counts them: without voided ones
  const at = (store) => `${t(figure)} · ${storeName(store)} · ${hourText(hour, store)}`;
  return {
    title: `${t(figure)} · ${longDay(day)} · ${hourText(hour)}`, first: "store", fields, shown,
    ask: async () => (await rowsOf("sales/hours", { from: day, to: day, hour, currency })).filter((row) => fields.some(({ read }) => read(row)))
      .map((row) => ({ name: storeName(row.store), sums: fields.map(({ read }) => read(row)), next: (sums) => papers(at(row.store), counted, sums, () => rowsOf("sales/papers", { store: row.store, from: day, to: day, hour, currency }, PAGES)) })),
  };
}

export function tenderOf({ store, business_date: day, currency, kind, amount_minor }) {
  const fields = [minor("amount", (row) => row.amount_minor, currency)];
  return papers(`${words[state.lang][`tender_${kind}`] || kind} · ${storeName(store)} · ${longDay(day)}`, fields, [amount_minor], () => rowsOf("sales/papers/tenders", { store, from: day, to: day, currency, kind }, PAGES));
}

export function taxOf({ store, business_date: day, currency, name, rate, net_minor, tax_minor }) {
  const fields = [minor("taxed", (row) => row.net_minor, currency), minor("tax_sum", (row) => row.tax_minor, currency)];
  return papers(`${words[state.lang][`tax_name_${name}`] || name} ${percent(rate)} · ${storeName(store)} · ${longDay(day)}`, fields, [net_minor, tax_minor], () => rowsOf("sales/papers/taxes", { store, from: day, to: day, currency, name, rate }, PAGES));
}

function productsOf(store, day, currency) {
  const fields = [{ word: "quantity", read: (row) => row.quantity, say: thousandths }, minor("amount", (row) => row.amount_minor, currency)];
  return {
    title: `${t("products_sold")} · ${storeName(store)} · ${longDay(day)}`, first: "product", fields,
    ask: async () => {
      const rows = await rowsOf("sales/products", { store, from: day, to: day, currency }, PAGES);
      const names = await productNames(rows);
      rows.sort((one, other) => other.amount_minor - one.amount_minor);
      return rows.map((row) => {
        const name = names.get(row.sku) || row.sku;
        return { name, sums: [row.sold - row.returned, row.amount_minor], next: (sums) => papers(`${name} · ${storeName(store)} · ${longDay(day)}`, fields, sums, () => rowsOf("sales/papers/products", { store, from: day, to: day, currency, sku: row.sku }, PAGES)) };
      });
    },
  };
}

// A store's stock of a product, by the reasons of its movements, and each of these by movement.
export function stockOf({ store, sku, on_hand }, name) {
  const fields = [{ word: "quantity", read: (row) => row.delta, say: thousandths }];
  const why = (reason) => words[state.lang][`moved_${reason}`] || reason;
  const at = (row) => [moment(row.at, store), row.cause && why(row.cause) !== row.cause ? why(row.cause) : "", row.lot, row.document].filter(Boolean).join(" · ");
  const moves = (reason) => async () => (await rowsOf("stock/movements", { store, sku, reason }, PAGES)).sort((one, other) => (one.at < other.at ? 1 : -1)).map((row) => ({ name: at(row), sums: [row.delta] }));
  return {
    title: `${t("on_hand")} · ${name} · ${storeName(store)}`, first: "reason_moved", fields, shown: [on_hand],
    ask: async () => (await rowsOf("stock/movements/sums", { store, sku })).filter((row) => row.delta)
      .map((row) => ({ name: why(row.reason), sums: [row.delta], next: (sums) => ({ title: `${name} · ${storeName(store)} · ${why(row.reason)}`, first: "when", fields, shown: sums, ask: moves(row.reason) }) })),
  };
}

// Receipts with their parts, each of which opens.
function papers(title, fields, shown, find) {
  return {
    title, first: "receipt", fields, shown,
    ask: async () => (await find()).filter((row) => fields.some(({ read }) => read(row))).sort(byTime)
      .map((row) => ({ name: `${receiptNumber(row)} · ${moment(row.at, row.store)}`, sums: fields.map(({ read }) => read(row)), paper: row })),
  };
}

const OF_SALES = { sales: "paid", net: "net", receipts: "average", basket: "average", refunded: "refunds", margin: "net", costed: "net" };
const SUMMED = ["sales", "net", "receipts", "basket", "margin", "costed", "cost", "refunded", "drawer", "waste", "shrinkage", "pour_cost", "forecast_error", "cost_corrected"]; // of which a period is its days together
const COUNTED = ["receipts", "supplier_on_time", "supplier_short", "stock_out"]; // whose both sides are no sums of money

// A store's key figure: both of its sides, by the daily reports of its period. Each day opens into its receipts.
export function kpiOf(row, currency) {
  const say = (value) => (row.name === "supplier_short" ? thousandths(value) : currency && !COUNTED.includes(row.name) ? money(value, currency) : count(value));
  const fields = [{ word: words[state.lang][`side_${row.name}`] ? `side_${row.name}` : `kpi_${row.name}`, read: (one) => one.numerator, say }];
  if (words[state.lang][`part_of_${row.name}`]) fields.push({ word: `part_of_${row.name}`, read: (one) => one.denominator, say: row.name === "basket" ? count : say });
  return {
    title: `${t(`kpi_${row.name}`)} · ${storeName(row.store)} · ${row.first_day === row.last_day ? longDay(row.first_day) : `${dayText(row.first_day)} – ${dayText(row.last_day)}`}`,
    first: "date", fields, why: "opened_days_differ", [SUMMED.includes(row.name) ? "shown" : "whole"]: fields.map(({ read }) => read(row)),
    ask: async () => {
      const days = row.kind === "daily" ? [row] : await rowsOf("insight/kpis", { store: row.store, kind: "daily", name: row.name, from: row.first_day, to: row.last_day });
      const figure = OF_SALES[row.name];
      return days.filter((one) => one.value !== null || one.numerator).map((one) => ({ name: longDay(one.first_day), sums: fields.map(({ read }) => read(one)), ...(figure && currency ? { next: () => storeOf(figure, row.store, one.first_day, currency) } : {}) }));
    },
  };
}

// ---- drawing

const byTime = (one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.number - other.number);
const hourText = (hour, store = "") => new Intl.DateTimeFormat(dateLocale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: store ? state.zones[store] || undefined : zone() }).format(new Date(hour));

// Links to the levels before, and to others.
function trail(levels, also = []) {
  const place = Object.assign(document.createElement("p"), { className: "head whole" });
  const arrow = document.documentElement.dir === "rtl" ? "→" : "←";
  place.append(...levels.map((one, at) => link(`${arrow} ${one.title}`, () => show(levels.slice(0, at + 1)), t("back_to"))), ...also);
  return place.childNodes.length ? { place } : {};
}

const region = (label) => Object.assign(document.createElement("div"), { className: "scroll whole", tabIndex: 0, role: "region", ariaLabel: label });

// Shows nothing but these parts, with the focus at their beginning.
function present(title, parts) {
  edit(title, parts, {}, () => {}, { word: "close" });
  byId("h-edit").focus();
}

// Runs what a button opens, and says why it failed where somebody looks.
async function within(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof TypeError)) throw error;
    const place = byId("edit").open ? byId("edit").querySelector(".error") : byId("fault");
    place.textContent = error instanceof Fault ? refusal(error) : t("away");
    place.hidden = false;
  }
}

// Draws the last of these levels. Each asks for its lines once.
async function show(levels) {
  const level = levels.at(-1);
  const wasOpen = byId("edit").open;
  level.lines ??= await level.ask();
  if (wasOpen && !byId("edit").open) return; // closed while it was asked for
  const { title, first, fields, shown, whole, lines, why = "opened_differs" } = level;
  const also = (level.also || []).map(([word, next]) => link(t(word), () => show([...levels, next()])));
  const told = (values) => values.map((value, at) => fields[at].say(value));
  const sums = (of) => fields.map((_, at) => of.reduce((all, line) => all + line.sums[at], 0));
  const missing = shown ? sums(lines).map((sum, at) => shown[at] - sum) : [];
  const differs = missing.some(Boolean);
  const said = lines.length < PAGES * 1000 ? t(differs ? why : "opened_adds_up") : t("opened_not_all", { count: count(lines.length) });
  const rest = lines.slice(SHOWN);
  const name = ({ name: text, next, paper, sums: of }) => (next ? link(text, () => show([...levels, next(of)])) : paper ? link(text, () => openPaper(paper, levels)) : text);
  const parts = region(title);
  table(parts, [
    [first, "text", name],
    ...fields.map(({ word, say }, at) => [word, "number", (line) => say(line.sums[at])]),
  ], lines.length ? lines.slice(0, SHOWN) : whole ? [{ name: t("period"), sums: whole }] : differs ? [{ name: t("opened_apart"), sums: missing }] : [], !lines.length ? [] : whole ? [[t("period"), ...told(whole)]] : [
    ...(rest.length ? [[t("rows_more", { count: count(rest.length) }), ...told(sums(rest))]] : []),
    ...(differs ? [[t("opened_apart"), ...told(missing)]] : []),
    [t("total"), ...told(differs ? shown : sums(lines))],
  ]);
  const hint = Object.assign(document.createElement("p"), { className: "hint whole", textContent: whole ? t("opened_whole") : said });
  present(title, { ...trail(levels.slice(0, -1), also), parts, hint });
}

// What one receipt sold, and how it was paid; of refunds what came back.
async function openPaper(of, levels) {
  const filters = { store: of.store, device: of.device, register: of.register, number: of.number };
  if (of.paper === "sale") return openReceipt((await rowsOf("sales/receipts", filters))[0], levels);
  const part = { ...filters, paper: of.paper };
  const [lines, paid] = await Promise.all([rowsOf("sales/papers/products", part), rowsOf("sales/papers/tenders", part)]);
  return drawPaper({ ...of, lines }, paid, levels);
}

export async function openReceipt(row, levels = []) {
  const paid = await rowsOf("sales/receipts/tenders", { store: row.store, device: row.device, register: row.register, number: row.number });
  return drawPaper(row, paid.map((one) => ({ ...one, amount_minor: one.amount_minor - one.change_minor })), levels);
}

async function drawPaper(row, paid, levels) {
  const names = await productNames(row.lines.map(({ sku }) => ({ sku, store: row.store })));
  const [lines, tenders] = [region(t("receipt")), region(t("tenders"))];
  table(lines, [
    ["product", "text", (line) => names.get(line.sku) || line.sku],
    ["quantity", "number", (line) => thousandths(line.quantity)],
    ["amount", "number", (line) => money(line.amount_minor, row.currency)],
  ], row.lines);
  table(tenders, [
    ["kind", "", (one) => words[state.lang][`tender_${one.kind}`] || one.kind],
    ["amount", "number", (one) => money(one.amount_minor, row.currency)],
  ], paid);
  const undone = row.voided_by ? [`${t("undone")} ${t("undone_by", { number: row.voided_by })}`] : [];
  present([`${t("receipt")} ${receiptNumber(row)}`, storeName(row.store), moment(row.at, row.store), ...undone].join(" · "), { ...trail(levels), lines, tenders });
}
