// Head office over all shops: it asks the hub's API as the person who signed in, and draws tables of the answers.

const PAGES_MAX = 5; // of 1000 rows each; of what is more the page says that it is not all
const AGAIN_MS = 60_000;
const IDLE_MS = 10 * 60_000; // untouched for so long, it is nobody's page any more, however often it asks by itself
const SILENT_S = 15 * 60;
const DAYS = 30;
const REPORT_DAYS = { daily: 7, weekly: 21, monthly: 62 }; // how far back a store's newest report is looked for
const DAY_MS = 86_400_000;
const TOKEN = "edge-hub-token";
const USED = "edge-hub-used"; // when somebody touched it last

const byId = (id) => document.getElementById(id);
const words = await (await fetch("/page/words.json")).json();
let lang = choose(localStorage.getItem("edge-hub-lang") || navigator.language.slice(0, 2));
let token = sessionStorage.getItem(TOKEN) || "";
let day = isoDate(new Date());
let currencies = new Map(); // by store, as its sales say
let compared = 0; // how often key figures were asked for
let asked = 0; // how often anything was asked for: an older answer than the newest is not drawn

function choose(wanted) {
  return wanted in words ? wanted : "en";
}

function t(key, values = {}) {
  return words[lang][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function isoDate(moment) {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function moved(date, days) {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

// ---- asking

class Fault extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.code = problem.code || "";
  }
}

async function ask(path, body) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const how = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(path, how);
  const found = await answer.json();
  if (!answer.ok) throw new Fault(answer.status, found);
  return found;
}

async function rowsOf(name, filters = {}, pages = PAGES_MAX) {
  const rows = [];
  let after = "";
  for (let page = 0; page < pages && after !== null; page += 1) {
    const query = new URLSearchParams({ limit: 1000, ...filters, ...(after ? { after } : {}) });
    const found = await ask(`/v1/${name}?${query}`);
    rows.push(...found.rows);
    after = found.next;
  }
  if (after !== null) byId("not-all").hidden = false;
  return rows;
}

// ---- drawing

function money(minor, currency) {
  const format = new Intl.NumberFormat(lang, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

const count = (number) => new Intl.NumberFormat(lang).format(number);
const percent = (thousandths) => `${new Intl.NumberFormat(lang, { maximumFractionDigits: 3 }).format(thousandths / 1000)} %`;
const moment = (at) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
const longDay = (date) => new Intl.DateTimeFormat(lang, { dateStyle: "full", timeZone: "UTC" }).format(new Date(date));

function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(at)) / 1000));
  const [unit, size] = seconds < 3600 ? ["minute", 60] : seconds < 86_400 ? ["hour", 3600] : ["day", 86_400];
  return new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}

function cell(tag, value, kind = "") {
  const made = document.createElement(tag);
  if (value && typeof value === "object") {
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

// columns: [word, kind, row -> value]
function table(place, columns, rows, totals = []) {
  const target = byId(place);
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

// ---- what it shows

function stateOf(box) {
  if (box.stopped_code) return { className: "grave", text: t("stopped", { why: box.stopped_text }) };
  if (!box.heard_at || Date.now() - new Date(box.heard_at) > SILENT_S * 1000) return { className: "warning", text: t("silent") };
  if (box.quarantined) return { className: "warning", text: t("has_aside", { count: count(box.quarantined) }) };
  if (box.waiting) return { className: "warning", text: t("waiting", { why: box.waiting }) };
  if (box.behind) return { className: "", text: t("behind", { count: count(box.behind) }) };
  return { className: "good", text: t("well") };
}

function showBoxes(boxes) {
  table("boxes", [
    ["store", "", (box) => box.store],
    ["box", "", (box) => box.device],
    ["state", "text", stateOf],
    ["heard", "", (box) => (box.heard_at ? { text: ago(box.heard_at), title: moment(box.heard_at) } : t("never"))],
    ["version", "", (box) => box.app],
    ["held", "number", (box) => count(box.through)],
    ["shown_to", "number", (box) => (box.projected === null ? t("none_yet") : count(box.projected))],
  ], boxes);
}

function showDay(rows, before, known) {
  const earlier = new Map(before.map((row) => [`${row.store} ${row.currency}`, row]));
  const seen = new Set(rows.map((row) => row.store));
  const closed = known.filter((store) => !seen.has(store)).map((store) => ({ store, closed: true }));
  const all = [...rows, ...closed].sort((one, other) => (one.store < other.store ? -1 : one.store > other.store ? 1 : 0));
  const once = (row) => earlier.get(`${row.store} ${row.currency}`);
  const totals = summed(rows, (row) => row.currency, "sales", "refunds", "paid_minor", "net_minor");
  const sums = new Map(summed(before, (row) => row.currency, "paid_minor").map((row) => [row.currency, row.paid_minor]));
  table("today", [
    ["store", "", (row) => row.store],
    ["sales", "number", (row) => (row.closed ? t("nothing_sold") : count(row.sales))],
    ["refunds", "number", (row) => (row.closed ? "" : count(row.refunds))],
    ["paid", "number", (row) => (row.closed ? "" : money(row.paid_minor, row.currency))],
    ["net", "number", (row) => (row.closed ? "" : money(row.net_minor, row.currency))],
    ["average", "number", (row) => (row.closed || !row.sales ? "" : money(Math.round(row.paid_minor / row.sales), row.currency))],
    ["week_before", "number", (row) => (once(row) ? money(once(row).paid_minor, row.currency) : "")],
  ], all, totals.map((sum) => [
    t("all_stores"), count(sum.sales), count(sum.refunds), money(sum.paid_minor, sum.currency), money(sum.net_minor, sum.currency),
    sum.sales ? money(Math.round(sum.paid_minor / sum.sales), sum.currency) : "",
    sums.has(sum.currency) ? money(sums.get(sum.currency), sum.currency) : "",
  ]));
}

function showSums(tenders, taxes) {
  table("tenders", [
    ["store", "", (row) => row.store],
    ["kind", "", (row) => words[lang][`tender_${row.kind}`] || row.kind],
    ["amount", "number", (row) => money(row.amount_minor, row.currency)],
  ], tenders);
  table("taxes", [
    ["store", "", (row) => row.store],
    ["tax", "", (row) => `${row.name} ${percent(row.rate)}`],
    ["taxed", "number", (row) => money(row.net_minor, row.currency)],
    ["tax_sum", "number", (row) => money(row.tax_minor, row.currency)],
  ], taxes);
}

function showAside(rows) {
  table("aside", [
    ["store", "", (row) => row.store],
    ["box", "", (row) => row.device],
    ["place", "number", (row) => `${row.epoch}/${row.seq}`],
    ["type", "", (row) => `${row.type} v${row.version}`],
    ["tables", "", (row) => row.projector],
    ["why", "text", (row) => row.reason],
    ["since", "", (row) => moment(row.quarantined_at)],
  ], rows);
}

function showMonth(rows) {
  const days = summed(rows, (row) => `${row.business_date} ${row.currency}`, "sales", "refunds", "paid_minor", "net_minor");
  days.sort((one, other) => (one.business_date < other.business_date ? 1 : -1));
  table("month", [
    ["date", "", (row) => longDay(row.business_date)],
    ["sales", "number", (row) => count(row.sales)],
    ["refunds", "number", (row) => count(row.refunds)],
    ["paid", "number", (row) => money(row.paid_minor, row.currency)],
    ["net", "number", (row) => money(row.net_minor, row.currency)],
  ], days);
}

// A key figure of a store's report as its unit is written; "" where nothing was counted.
function figure(unit, value, currency) {
  if (value === null) return "";
  if (unit === "minor") return currency ? money(value, currency) : count(value);
  if (unit === "permille") return percent(value * 100);
  return unit === "tenths" ? new Intl.NumberFormat(lang, { minimumFractionDigits: 1 }).format(value / 10) : count(value);
}

// Side by side: every figure of each store's newest report, a line a store.
function showFigures(rows, currencies) {
  const known = [...new Set(rows.map((row) => row.name))].filter((name) => words[lang][`kpi_${name}`]);
  const shown = rows.filter((row) => known.includes(row.name));
  const place = (row) => Object.keys(words[lang]).indexOf(`kpi_${row.name}`);
  shown.sort((one, other) => place(one) - place(other) || (one.store < other.store ? -1 : 1));
  table("figures", [
    ["figure", "text", (row) => t(`kpi_${row.name}`)],
    ["store", "", (row) => row.store],
    ["value", "number", (row) => figure(row.unit, row.value, currencies.get(row.store))],
    ["before", "number", (row) => figure(row.unit, row.before, currencies.get(row.store))],
    ["period", "", (row) => (row.first_day === row.last_day ? row.first_day : `${row.first_day} – ${row.last_day}`)],
  ], shown.filter((row) => row.value !== null));
}

function showReceipts(rows) {
  table("receipts", [
    ["receipt", "", (row) => ({ text: `${row.register}-${String(row.number).padStart(6, "0")}`, className: row.voided_by ? "struck" : "", title: row.voided_by ? t("undone") : "" })],
    ["box", "", (row) => row.device],
    ["when", "", (row) => moment(row.at)],
    ["pieces", "number", (row) => count((row.lines || []).length)],
    ["total", "number", (row) => money(row.total_minor + row.rounding_minor, row.currency)],
    ["undone", "", (row) => (row.voided_by ? t("undone_by", { number: row.voided_by }) : "")],
  ], rows);
}

// ---- the page as a whole

function showStores(stores) {
  const field = byId("store");
  const kept = field.value;
  field.replaceChildren(...stores.map((store) => new Option(store, store)));
  if (stores.includes(kept)) field.value = kept;
}

async function figures() {
  const mine = (compared += 1);
  const kind = byId("of").value;
  const made = await rowsOf("insight/kpis", { kind, name: "sales", from: moved(day, -REPORT_DAYS[kind]), to: day });
  const newest = new Map(); // by store: mostly all stores made theirs of the same days, and nothing else is asked for
  for (const row of made) if (row.first_day > (newest.get(row.store) || "")) newest.set(row.store, row.first_day);
  const days = [...new Set(newest.values())];
  const rows = await Promise.all(days.map((from) => rowsOf("insight/kpis", { kind, from, to: from })));
  if (mine === compared) showFigures(rows.flat().filter((row) => row.first_day === newest.get(row.store)), currencies);
}

async function receipts() {
  const store = byId("store").value;
  if (!store) return showReceipts([]);
  const number = byId("number").value.trim();
  const filters = { store, date: day, ...(/^[0-9]{1,12}$/.test(number) ? { number } : {}) };
  const found = await ask(`/v1/sales/receipts?${new URLSearchParams({ ...filters, limit: 200 })}`);
  byId("more").hidden = found.next === null;
  return showReceipts(found.rows);
}

async function show() {
  const mine = (asked += 1);
  byId("date").value = day;
  byId("not-all").hidden = true;
  const [boxes, sold, tenders, taxes, aside] = await Promise.all([
    rowsOf("devices"),
    rowsOf("sales", { from: moved(day, -DAYS), to: day }),
    rowsOf("sales/tenders", { from: day, to: day }),
    rowsOf("sales/taxes", { from: day, to: day }),
    rowsOf("quarantine", {}, 1),
  ]);
  if (mine !== asked) return;
  const on = (date) => sold.filter((row) => row.business_date === date);
  const known = [...new Set([...boxes, ...sold].map((row) => row.store))].sort();
  showBoxes(boxes);
  showDay(on(day), on(moved(day, -7)), known);
  showSums(tenders, taxes);
  showAside(aside);
  showMonth(sold);
  showStores(known);
  currencies = new Map(sold.map((row) => [row.store, row.currency]));
  await Promise.all([receipts(), figures()]);
  byId("read-at").textContent = t("read_at", { at: moment(new Date()) });
  document.body.dataset.shown = String(mine);
}

async function within(act) {
  try {
    await act();
    tell("");
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof TypeError)) throw error;
    if (error.status === 401 && token) return signedOut(t("over"));
    tell(error instanceof Fault ? error.message : t("away"));
  }
}

function tell(text) {
  byId("fault").textContent = text;
  byId("fault").hidden = !text;
}

function speak() {
  document.documentElement.lang = lang;
  document.documentElement.dir = lang === "he" ? "rtl" : "ltr";
  byId("language").value = lang;
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = t(place.dataset.word);
  document.title = t("title");
}

function showDoor(open) {
  byId("door").hidden = !open;
  for (const part of document.querySelectorAll(".signed")) part.hidden = open;
}

function signedOut(why = "") {
  token = "";
  asked += 1;
  sessionStorage.removeItem(TOKEN);
  for (const place of document.querySelectorAll("#shops .wide, #store, #tenant")) place.replaceChildren();
  showDoor(true);
  tell(why);
}

function signedIn(found) {
  token = found.token;
  sessionStorage.setItem(TOKEN, token);
  sessionStorage.setItem(USED, String(Date.now()));
}

function leftAlone() {
  if (!token || Date.now() - Number(sessionStorage.getItem(USED)) < IDLE_MS) return false;
  ask("/v1/sign-out", {}).catch(() => {}); // its token ends by itself, too
  signedOut(t("over"));
  return true;
}

for (const what of ["pointerdown", "keydown", "input"]) {
  addEventListener(what, ({ isTrusted }) => {
    if (isTrusted && !leftAlone() && token) sessionStorage.setItem(USED, String(Date.now()));
  }, { capture: true, passive: true });
}

async function enter() {
  const me = await ask("/v1/me");
  byId("tenant").replaceChildren(...me.memberships.map((one) => new Option(one.tenant, one.tenant)));
  byId("tenant").value = me.tenant;
  showDoor(false);
  await show();
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const body = { email: form.email.value, password: form.password.value };
  if (form.code.value) body.code = form.code.value;
  void within(async () => {
    try {
      signedIn(await ask("/v1/sign-in", body));
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 401) throw error;
      const wanted = error.code === "code_wanted";
      if (wanted) byId("code").hidden = false;
      throw new Fault(400, { detail: t(wanted ? "code_wanted" : "wrong") });
    }
    form.reset();
    byId("code").hidden = true;
    await enter();
  });
});
byId("sign-out").addEventListener("click", () => void within(async () => {
  await ask("/v1/sign-out", {});
  signedOut();
}));
byId("tenant").addEventListener("change", (event) => void within(async () => {
  signedIn(await ask("/v1/switch", { tenant: event.target.value }));
  await show();
}));
byId("language").addEventListener("change", (event) => {
  lang = choose(event.target.value);
  localStorage.setItem("edge-hub-lang", lang);
  speak();
  if (token) void within(show);
});

function turn(date) {
  if (!date) return;
  day = date;
  void within(show);
}
byId("date").addEventListener("change", (event) => turn(event.target.value));
byId("earlier").addEventListener("click", () => turn(moved(day, -1)));
byId("later").addEventListener("click", () => turn(moved(day, 1)));
byId("store").addEventListener("change", () => void within(receipts));
byId("number").addEventListener("change", () => void within(receipts));
byId("of").addEventListener("change", () => void within(figures));
setInterval(() => { if (!leftAlone() && token && !document.hidden) void within(show); }, AGAIN_MS);

speak();
showDoor(true);
if (!leftAlone() && token) void within(enter);
