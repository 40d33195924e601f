// Shared by all areas of head office's page: calls the hub's API as the signed-in user, and draws tables of
// the answers. `scope` narrows requests to a store or a group.

import { readAmount, signsOf } from "./read_amount.js";

export const PAGES_MAX = 5; // of 1000 rows each; of what is more the page says that it is not all
const DAY_MS = 86_400_000;
const SKUS_MOST = 2000; // in a request for products
const STORES_MOST = 100; // whose products are looked up for their names

export const byId = (id) => document.getElementById(id);
export const words = await (await fetch("/page/words.json")).json();
export const state = { lang: Object.keys(words)[0], token: "", day: isoDate(new Date()), scope: {}, zones: {}, follows: true, kept: [], names: {}, groups: [], me: null };

export function t(key, values = {}) {
  return words[state.lang][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function isoDate(moment) {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function moved(date, days) {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

// ---- requests

export class Fault extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.code = problem.code || "";
    this.values = problem.values || {};
  }
}

// The reason for a failure, in the page's language if it has words for it.
export const refusal = (fault) => words[state.lang][`refused_${fault.code}`]?.replace(/\{(\w+)\}/g, (_, name) => (name === "which" ? words[state.lang][`limit_${fault.values.which}`] || fault.values.which : fault.values[name])) || fault.message;

// A file from the API, which the browser saves under the name it came with.
export async function download(path) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${state.token}` } });
  if (!answer.ok) throw new Fault(answer.status, await answer.json());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
  link.click();
  URL.revokeObjectURL(link.href);
}

// The API's answer; `body` is sent by POST, or by `method`.
export async function ask(path, body, { method = "POST", ...more } = {}) {
  const headers = { "Content-Type": "application/json", ...more, ...(state.token ? { Authorization: `Bearer ${state.token}` } : {}) };
  const how = body === undefined ? { headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(path, how);
  const found = await answer.json();
  if (!answer.ok) throw new Fault(answer.status, found);
  return found;
}

// All rows of a read, up to so many pages; `scope`: the stores asked about.
export async function rowsOf(name, filters = {}, pages = PAGES_MAX, scope = state.scope) {
  const rows = [];
  let after = "";
  for (let page = 0; page < pages && after !== null; page += 1) {
    const query = new URLSearchParams({ limit: 1000, ...scope, ...filters, ...(after ? { after } : {}) });
    const found = await ask(`/v1/${name}?${query}`);
    rows.push(...found.rows);
    after = found.next;
  }
  if (after !== null) byId("not-all").hidden = false;
  return rows[0]?.store === undefined ? rows : byStore(rows);
}

// A store's name for people.
export const storeName = (store) => state.names[store] || store;

// Puts rows into the order of their stores' names; within a store, they keep theirs.
export function byStore(rows, storeOf = (row) => row.store) {
  const { compare } = new Intl.Collator(state.lang, { numeric: true });
  const stores = [...new Set(rows.map(storeOf))].sort((one, other) => compare(storeName(one), storeName(other)) || compare(one, other));
  const places = new Map(stores.map((store, at) => [store, at]));
  return rows.sort((one, other) => places.get(storeOf(one)) - places.get(storeOf(other)));
}

// The same for ids of stores.
export const storesByName = (stores) => byStore([...stores], (one) => one);

// Records the names of stores, and puts these rows into their order; a name that several have gets the store's id behind it.
export function nameStores(rows) {
  const names = rows.map((row) => row.name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  Object.assign(state.names, Object.fromEntries(rows.map(({ store, name }) => [store, twice.has(name) && name ? `${name} (${store})` : name])));
  byStore(rows);
}

// Names of the rows' products in the page's language, by SKU: each as in the first store of these rows that has it.
export async function productNames(rows) {
  const first = new Map();
  for (const { sku, store } of rows) if (!first.has(sku)) first.set(sku, store);
  const [skus, stores] = [[...first.keys()], [...new Set(first.values())].slice(0, STORES_MOST)];
  const found = [];
  for (let at = 0; at < skus.length; at += SKUS_MOST) found.push(...(await ask("/v1/publications/products", { skus: skus.slice(at, at + SKUS_MOST), stores })).rows);
  return new Map(found.map((one) => [one.sku, one.names?.[state.lang] || Object.values(one.names || {})[0] || one.sku]));
}

// Whether the signed-in user may see all stores of the chain.
export const seesAll = () => !state.me.memberships.some((one) => one.tenant === state.me.tenant && (one.stores || one.groups));

// ---- drawing

const inCurrency = (currency) => new Intl.NumberFormat(state.lang, { style: "currency", currency });
export const digitsOf = (currency) => inCurrency(currency).resolvedOptions().maximumFractionDigits;
export const minorOf = (text, currency) => readAmount(text, { digits: digitsOf(currency), signs: signsOf(currency, state.lang) }).minor; // undefined: it is no sum
// A typed number or percentage, possibly negative, in thousandths; undefined if it isn't one.
export function thousandthsOf(text) {
  const [, sign, rest] = /^\s*([-−+]?)\s*(.*?)\s*%?\s*$/u.exec(text) ?? [];
  const { minor } = readAmount(rest ?? "", { digits: 3 });
  return minor === undefined ? undefined : minor * (sign === "-" || sign === "−" ? -1 : 1);
}
export const money = (minor, currency) => inCurrency(currency).format(minor / 10 ** digitsOf(currency));

export const count = (number) => new Intl.NumberFormat(state.lang).format(number);
export const percent = (thousandths) => new Intl.NumberFormat(state.lang, { style: "percent", maximumFractionDigits: 3 }).format(thousandths / 100_000);
// The locale for dates and date fields: the browser's country, if it speaks this language. Plain English means
// American dates to a browser, which few readers elsewhere expect.
export function dateLocale() {
  const found = navigator.languages.find((code) => code.split("-")[0] === state.lang) ?? state.lang;
  return found === "en" ? "en-GB" : found;
}
// The time zone for hours of the stores in view: their own, if they all share one.
export function zone() {
  const of = state.scope.store ? [state.zones[state.scope.store]] : Object.values(state.zones);
  const known = [...new Set(of.filter(Boolean))];
  return known.length === 1 ? known[0] : undefined;
}
// In the store's time zone if head office knows it; else in the browser's.
export const moment = (at, store = "") =>
  new Intl.DateTimeFormat(dateLocale(), { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", timeZone: state.zones[store] || undefined }).format(new Date(at));
const inDays = () => new Intl.DateTimeFormat(dateLocale(), { dateStyle: "medium", timeZone: "UTC" });
// An ISO 8601 date in the page's language; anything else unchanged.
export const dayText = (day) => (Number.isNaN(Date.parse(day ?? "")) ? day ?? "" : inDays().format(new Date(day)));
export const longDay = (date) => new Intl.DateTimeFormat(dateLocale(), { dateStyle: "full", timeZone: "UTC" }).format(new Date(date));

export function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(at)) / 1000));
  const [unit, size] = seconds < 3600 ? ["minute", 60] : seconds < 86_400 ? ["hour", 3600] : ["day", 86_400];
  return new Intl.RelativeTimeFormat(state.lang, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}

export function cell(tag, value, kind = "") {
  const made = document.createElement(tag);
  if (value instanceof Node) {
    made.append(value);
  } else if (value && typeof value === "object") {
    made.title = value.title || "";
    const inner = document.createElement("bdi");
    inner.className = value.className || "";
    inner.textContent = value.text;
    made.append(inner);
  } else {
    const inner = document.createElement("bdi");
    inner.textContent = value ?? "";
    made.append(inner);
  }
  if (kind) made.className = kind;
  return made;
}

// Shows only the first rows of a table, until someone asks for all.
export function foldRows(id, most) {
  const place = byId(id);
  const rows = [...place.querySelectorAll("tbody tr")];
  if (rows.length <= most || "whole" in place.dataset) return;
  for (const row of rows.slice(most)) row.hidden = true;
  const more = Object.assign(document.createElement("button"), { type: "button", className: "rest", textContent: t("show_all", { count: count(rows.length) }) });
  more.addEventListener("click", () => {
    place.dataset.whole = place.querySelector("table").dataset.whole = ""; // also for phones (narrow.js)
    for (const row of rows) row.hidden = false;
    more.remove();
    rows[most].querySelector("button")?.focus({ preventScroll: true });
  });
  place.append(more);
}

// columns: [word, kind, row -> value]
export function table(place, columns, rows, totals = []) {
  const target = typeof place === "string" ? byId(place) : place;
  if (!rows.length) {
    const none = document.createElement("p");
    none.className = "hint";
    none.textContent = t("none");
    return target.replaceChildren(none);
  }
  const drawn = document.createElement("table");
  const head = drawn.createTHead().insertRow();
  for (const [word, kind] of columns) {
    const made = cell("th", t(word), kind);
    made.scope = "col";
    head.append(made);
  }
  const body = drawn.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const [, kind, value] of columns) line.append(cell("td", value(row), kind));
  }
  if (totals.length) {
    const foot = drawn.createTFoot();
    for (const total of totals) {
      const line = foot.insertRow();
      for (const [at, value] of total.entries()) line.append(cell("td", value, columns[at][1]));
    }
  }
  return target.replaceChildren(drawn);
}
