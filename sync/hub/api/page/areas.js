// The areas other than the day and the boxes: what each requests from the API, and how it's drawn.

import { ask, byId, count, dayText, Fault, moment, money, moved, productNames, refusal, rowsOf, seesAll, state, storeName, storesByName, t, table, words } from "./common.js";
import { compose, isComposed } from "./composer.js";
import { dataButtons } from "./data.js";
import { addBox, confirmStep, edit, editPerson, editRoute, editStore, invitePerson, passwordLink } from "./edit.js";
import { opens, stockOf } from "./opened.js";
import { settingName, settingWords } from "./setting_words.js";

const EXPIRES_DAYS = 7;
const LICENCE_DAYS = 60;
const NEAR = 0.8; // of a limit
const DAY_MS = 86_400_000;
const SEVERITIES = ["critical", "high", "medium", "low", "info"];
const asked = new Set(); // alerts that their boxes were asked to mind, and have not said so yet

const said = (prefix, name) => words[state.lang][`${prefix}_${name}`] || name;
const may = (right) => state.me.may.includes(right);
const pill = (text, kind = "") => ({ text, className: `pill ${kind}` });
const thousandths = (amount) => (amount === null ? "" : new Intl.NumberFormat(state.lang, { maximumFractionDigits: 3 }).format(amount / 1000));

function beside(...parts) {
  const place = document.createElement("span");
  place.className = "head";
  place.append(...parts);
  return place;
}

function button(word, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = t(word);
  made.addEventListener("click", () => act(made));
  return made;
}

export async function orders(still) {
  const chosen = byId("order-state").value;
  const rows = await rowsOf("orders", { from: moved(state.day, -1), to: state.day, ...(chosen ? { state: chosen } : {}) });
  if (!still()) return;
  rows.sort((one, other) => (one.placed_at < other.placed_at ? 1 : -1));
  table("orders", [
    ["store", "", (row) => storeName(row.store)],
    ["order", "", (row) => row.said],
    ["state", "", (row) => pill(said("order", row.state), row.state === "ready" ? "good" : "")],
    ["channel", "", (row) => said("channel", row.channel)],
    ["slot", "", (row) => (row.slot_from ? moment(row.slot_from, row.store) : t("soon"))],
    ["pieces", "number", (row) => count(row.lines)],
    ["total", "number", (row) => money(row.total_minor, row.currency)],
    ["changed", "", (row) => moment(row.changed_at, row.store)],
  ], rows);
}

export async function stock(still) {
  const show = byId("stock-show").value;
  const sku = byId("stock-sku").value.trim();
  const until = new Date(Date.now() + EXPIRES_DAYS * DAY_MS).toISOString().slice(0, 10);
  const narrowed = sku ? { sku } : show === "expiring" ? { expiring_by: until } : show ? { status: show } : {};
  const [rows, moves] = await Promise.all([rowsOf("stock", narrowed), transfersOf(sku)]);
  const names = await productNames([...rows, ...moves]);
  if (!still()) return;
  table("stock", [
    ["product", "text", (row) => names.get(row.sku) || row.sku],
    ["sku", "", (row) => row.sku],
    ["store", "", (row) => storeName(row.store)],
    ["on_hand", "number", (row) => opens(thousandths(row.on_hand), () => stockOf(row, names.get(row.sku) || row.sku))],
    ["reserved", "number", (row) => thousandths(row.reserved)],
    ["available", "number", (row) => thousandths(row.available)],
    ["on_order", "number", (row) => thousandths(row.on_order)],
    ["state", "", (row) => (row.status && row.status !== "normal" ? pill(said("stock", row.status), "warning") : "")],
    ["next_expiry", "", (row) => dayText(row.next_expiry)],
  ], rows);
  showTransfers(moves, names);
}

const UNDER_WAY = ["sent", "refused", "received_short"]; // between stores: not there yet, or not all of it

const transfersOf = async (sku) => (await Promise.all(sku ? [rowsOf("transfers", { sku })] : UNDER_WAY.map((one) => rowsOf("transfers", { state: one }, 1)))).flat();

function showTransfers(rows, names) {
  rows.sort((one, other) => (one.sent_at < other.sent_at ? 1 : -1));
  table("transfers", [
    ["product", "text", (row) => names.get(row.sku) || row.sku],
    ["sent_from", "", (row) => storeName(row.store)],
    ["sent_to", "", (row) => storeName(row.to_store)],
    ["quantity", "number", (row) => thousandths(row.quantity)],
    ["came", "number", (row) => thousandths(row.got)],
    ["state", "", (row) => pill(said("transfer", row.state), row.state === "received" ? "good" : row.state === "sent" ? "working" : "warning")],
    ["sent_when", "", (row) => moment(row.sent_at, row.store)],
  ], rows);
}

// Only counts: who the customers are, only their stores can read.
export async function customers(still) {
  const [rows, consents] = await Promise.all([rowsOf("customers/counts"), rowsOf("customers/consents/counts")]);
  if (!still()) return;
  dataButtons();
  const sum = (field, of) => of.reduce((all, row) => all + row[field], 0);
  table("customers", [
    ["store", "", (row) => storeName(row.store)],
    ["customers", "number", (row) => count(row.customers)],
    ["members", "number", (row) => count(row.members)],
    ["new_customers", "number", (row) => count(row.new_ones)],
  ], rows, [[t("all_stores"), ...["customers", "members", "new_ones"].map((field) => count(sum(field, rows)))]]);
  const purposes = [...new Set(consents.map((row) => row.purpose))];
  table("consents", [
    ["purpose", "", (purpose) => said("purpose", purpose)],
    ["agreed", "number", (purpose) => count(sum("given", consents.filter((row) => row.purpose === purpose)))],
    ["taken_off", "number", (purpose) => count(sum("withdrawn", consents.filter((row) => row.purpose === purpose)))],
  ], purposes);
}

export async function alerts(still) {
  const found = await Promise.all(["raised", "acknowledged"].map((one) => rowsOf("alerts", { state: one })));
  if (!still()) return;
  const rows = found.flat();
  rows.sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) || (one.raised_at < other.raised_at ? 1 : -1));
  const canMind = may("publish") || may("publish:alerts");
  table("alerts", [
    ["store", "", (row) => storeName(row.store)],
    ["what", "text", (row) => titleOf(row)],
    ["severity", "", (row) => pill(said("severity", row.severity), ["critical", "high"].includes(row.severity) ? "warning" : "")],
    ["minded", "text", (row) => (row.state === "acknowledged" ? t("minded_until", { at: moment(row.acked_until) }) : canMind ? mindable(row) : "")],
    ["since", "", (row) => moment(row.raised_at, row.store)],
  ], rows);
  const own = seesAll() ? (await rowsOf("tenant/alerts")).filter((row) => !row.ended_at) : [];
  if (!still()) return;
  byId("office-alerts-card").hidden = !own.length;
  table("office-alerts", [
    ["what", "text", (row) => pill(ownAlert(row), row.grave ? "warning" : "")],
    ["since", "", (row) => moment(row.raised_at)],
  ], own);
}

function ownAlert({ kind, subject, grave, mark, said: told }) {
  if (kind === "licence") return t(mark.endsWith("/over") ? "office_licence_over" : "office_licence", { store: storeName(subject), at: dayText(told.ends) });
  if (kind === "stopped") return t("office_stopped", { title: told.title || subject, reason: causeText(told) });
  if (kind === "urgent") return t("office_urgent", { title: told.title, who: told.by });
  return t(grave ? "office_quota_grave" : "office_quota", { limit: t(`limit_${subject}`), used: count(told.used), most: count(told.limit), percent: told.percent });
}

// What happened, in the page's language.
const titleOf = (row) => row.titles?.[state.lang] || row.title;

const alertKey = (row) => `${row.store}-${row.device}-${row.epoch}-${row.id}-${row.last_at}`;

function mindable(row) {
  if (asked.has(alertKey(row))) return pill(t("asked_box"), "working");
  return button("mind", async (made) => {
    made.disabled = true;
    const body = { kind: "alerts", body: { alerts: [{ id: row.id, kind: row.kind, raised_at: row.raised_at }] } };
    try {
      await ask(`/v1/stores/${row.store}/directives`, body);
      asked.add(alertKey(row));
      const told = document.createElement("span");
      told.className = "pill working";
      told.textContent = t("asked_box");
      made.replaceWith(told);
    } catch (error) {
      made.disabled = false;
      byId("fault").textContent = error.message;
      byId("fault").hidden = false;
    }
  });
}

export async function payments(still) {
  const chosen = byId("payment-show").value; // what has to be seen to is so of any day
  const narrowed = chosen ? { state: chosen } : { from: moved(state.day, -1), to: state.day };
  const [rows, refunds, missing] = await Promise.all([rowsOf("payments", narrowed), rowsOf("payments/refunds", {}, 1), rowsOf("settlements/missing", {}, 1)]);
  if (!still()) return;
  rows.sort((one, other) => (one.began_at < other.began_at ? 1 : -1));
  byId("new-route").hidden = !may("publish");
  table("payments", [
    ["store", "", (row) => storeName(row.store)],
    ["register", "", (row) => row.register],
    ["when", "", (row) => moment(row.began_at, row.store)],
    ["amount", "number", (row) => money(row.amount_minor, row.currency)],
    ["taken", "number", (row) => (row.taken_minor === null ? "" : money(row.taken_minor, row.currency))],
    ["state", "", (row) => pill(said("payment", row.state), row.state === "captured" ? "good" : ["unknown", "stored", "disputed", "lost"].includes(row.state) ? "warning" : "")],
    ["card", "", (row) => (row.last4 ? `${row.brand} ${row.last4}` : row.brand)],
    ["mode", "", (row) => (row.mode === "live" ? "" : pill(t("test_money"), "working"))],
  ], rows);
  table("refunds", [
    ["store", "", (row) => storeName(row.store)],
    ["when", "", (row) => moment(row.asked_at, row.store)],
    ["amount", "number", (row) => money(row.amount_minor, row.currency)],
    ["state", "", (row) => pill(said("payment", row.state), row.state === "done" ? "good" : "warning")],
  ], refunds.filter((row) => row.state !== "done"));
  table("missing-there", [
    ["store", "", (row) => storeName(row.store)],
    ["register", "", (row) => row.register],
    ["day", "", (row) => dayText(row.business_date)],
    ["amount", "number", (row) => money(row.taken_minor, row.currency)],
    ["card", "", (row) => (row.last4 ? `${row.brand} ${row.last4}` : row.brand)],
    ["batch", "", (row) => `${row.provider} ${row.batch}`],
  ], missing);
  await untoldNews(still);
}

const UNTOLD = ["waiting", "unknown", "other_mode", "set_up"];

// Payment providers' webhooks that no store has received: only for users who see all stores.
async function untoldNews(still) {
  const whole = may("read") && !state.me.memberships.some((one) => one.tenant === state.me.tenant && (one.stores || one.groups));
  byId("news-card").hidden = !whole;
  if (!whole) return;
  const found = await Promise.all(UNTOLD.map((one) => ask(`/v1/payments/news?state=${one}&limit=200`)));
  if (!still()) return;
  const rows = found.flatMap((one) => one.rows).sort((one, other) => (one.came_at < other.came_at ? 1 : -1));
  table("news", [
    ["provider", "", (row) => row.provider],
    ["when", "", (row) => moment(row.came_at)],
    ["kind", "", (row) => said("news", row.what)],
    ["reference", "", (row) => ({ text: row.reference || row.transaction || row.event, className: "code" })],
    ["state", "", (row) => pill(said("news", row.state), row.state === "waiting" ? "working" : "warning")],
  ], rows);
}

export async function laws(still) {
  const [rows, files, raised] = await Promise.all([rowsOf("fiscal_laws"), rowsOf("fiscal_files"), rowsOf("alerts", { state: "raised" })]);
  if (!still()) return;
  const troubles = (row) => raised.filter((one) => one.store === row.store && one.device === row.device && one.kind.startsWith("fiscal_")).map(titleOf);
  table("laws", [
    ["store", "", (row) => storeName(row.store)],
    ["law", "text", (row) => said("law", row.regime)],
    ["since", "", (row) => dayText(row.since)],
    ["state", "", (row) => pill(row.until_day ? t("law_until", { at: dayText(row.until_day) }) : t("law_holds"), row.until_day ? "warning" : "good")],
    ["closed_day", "", (row) => dayText(row.closed_day)],
    ["file_day", "", (row) => dayText(row.file_day)],
    ["keys_changed", "number", (row) => count(row.keys_changed)],
    ["area_alerts", "text", (row) => (troubles(row).length ? pill(troubles(row).join(" · "), "warning") : "")],
  ], rows);
  files.sort((one, other) => (one.until_day < other.until_day ? 1 : -1));
  table("law-files", [
    ["store", "", (row) => storeName(row.store)],
    ["law", "text", (row) => said("law", row.regime)],
    ["from_day", "", (row) => dayText(row.since)],
    ["until_day", "", (row) => dayText(row.until_day)],
    ["records", "number", (row) => count(row.records)],
    ["sha256", "", (row) => ({ text: row.sha256.slice(0, 12), title: row.sha256 })],
  ], files);
}

function licence(row) {
  if (!row.licence_ends) return row.licence;
  const left = Math.ceil((Date.parse(row.licence_ends) - Date.now()) / DAY_MS);
  const text = `${row.licence} ${t(left < 0 ? "licence_over" : "licence_until", { at: dayText(row.licence_ends) })}`;
  return left <= LICENCE_DAYS ? pill(text, "warning") : text;
}

// Codes with which a box may still join; one made by mistake can be withdrawn.
async function openCodes(still) {
  const { rows } = may("stores") ? await ask("/v1/box-codes") : { rows: [] };
  if (!still()) return;
  byId("open-codes").hidden = !rows.length;
  const gone = (row) => edit(`${t("withdraw")}${t("colon")}${storeName(row.store)}, ${row.device}`, {}, {}, () => ask(`/v1/stores/${encodeURIComponent(row.store)}/boxes/${encodeURIComponent(row.device)}/code`, {}, { method: "DELETE" }), { word: "withdraw" });
  table("codes", [
    ["store", "", (row) => storeName(row.store)],
    ["box", "", (row) => row.device],
    ["since", "", (row) => moment(row.made_at)],
    ["opens_until", "", (row) => moment(row.expires_at)],
    ["action", "", (row) => button("withdraw", () => gone(row))],
  ], rows);
}

export async function stores(still) {
  const rows = await rowsOf("stores");
  const whole = seesAll();
  const today = new Date().toISOString().slice(0, 10);
  const [tenant, usage] = whole && may("read")
    ? await Promise.all([ask("/v1/tenant"), ask(`/v1/tenant/usage?from=${today}`)]) : [{ rows: [] }, { rows: [] }];
  if (!still()) return;
  table("stores", [
    ["store", "", (row) => row.store],
    ["name", "text", (row) => row.name],
    ["group", "", (row) => row.store_group],
    ["state", "", (row) => (row.kept ? pill(said("store", row.state), row.state === "open" ? "good" : "warning") : pill(t("not_kept"), "warning"))],
    ...(may("stores") ? [["action", "", (row) => beside(button("change", () => editStore(row)), ...(row.kept && row.state !== "closed" ? [button("add_box", () => addBox(row))] : []))]] : []),
    ["boxes", "number", (row) => count(row.boxes)],
    ["ring", "", (row) => (row.ring ? t(`ring_${row.ring}`) : "")],
    ["open_hours", "text", (row) => row.hours],
    ["currency", "", (row) => row.currency],
    ["licence", "text", licence],
  ], rows);
  await openCodes(still);
  if (!still()) return;
  byId("new-store").hidden = !may("stores");
  byId("stores-factor").hidden = may("stores") || state.me.role !== "owner";
  const limits = tenant.rows[0]?.limits || {};
  const used = { stores: rows.filter((row) => row.kept && row.state !== "closed").length };
  used.boxes = rows.reduce((sum, row) => sum + row.boxes, 0);
  for (const row of usage.rows) used[row.what] = row.used;
  byId("usage-hint").textContent = t("usage_hint", { at: moment(`${today}T00:00:00Z`) }); // they are counted by days of UTC
  table("usage", [
    ["preview_item", "text", (what) => t(`limit_${what}`)],
    ["used", "number", (what) => count(used[what] || 0)],
    ["limit", "number", (what) => (limits[what] === undefined ? t("no_limit") : count(limits[what]))],
    ["state", "", (what) => (limits[what] !== undefined && (used[what] || 0) >= limits[what] * NEAR ? pill(t((used[what] || 0) >= limits[what] ? "limit_full" : "limit_near"), "warning") : "")],
  ], ["stores", "boxes", "files", "directives", "requests", "rows", "conversations"].filter((what) => whole && (what in used || what in limits)));
}

export async function publications(still) {
  const [rows, stores] = await Promise.all([ask("/v1/publications/states?limit=200"), rowsOf("publications/stores"), settingWords()]);
  if (!still()) return;
  rows.rows.sort((one, other) => (one.changed_at < other.changed_at ? 1 : -1));
  const at = (row, ...states) => stores.filter((one) => one.id === row.id && states.includes(one.state)).length;
  const tone = { done: "good", stopped: "warning", rejected: "warning", waiting: "working", going: "working", going_back: "working" };
  byId("new-publication").hidden = !may("publish");
  table("publications", [
    ["publication", "text", (row) => row.title || row.id],
    ["state", "", (row) => pill(t(`publication_${row.state}`), tone[row.state] || "")],
    ...(may("approve") || may("publish") ? [["action", "", decisions]] : []),
    ["progress", "text", (row) => progress(row, at, row.state === "stopped" ? stores.filter((one) => one.id === row.id && one.state === "failed").map((one) => one.store) : [])],
    ["kind", "", (row) => `${row.kinds.map((one) => said("kind", one)).join(", ")} (${count(row.lines)})`],
    ["reach", "text", (row) => [...storesByName(row.reach.stores || []).map(storeName), ...(row.reach.groups || [])].join(", ") || t("all_stores")],
    ["changed", "", (row) => moment(row.changed_at)],
  ], rows.rows);
  const titles = new Map(rows.rows.map((row) => [row.id, row.title || row.id]));
  const held = stores.filter((row) => ["failed", "worse", "skipped"].includes(row.state) || (row.state === "back" && row.reason));
  table("held", [
    ["publication", "text", (row) => titles.get(row.id) || row.id],
    ["store", "", (row) => storeName(row.store)],
    ["state", "", (row) => pill(t(`held_${row.state}`), row.state === "skipped" || row.state === "back" ? "working" : "warning")],
    ["why", "text", causeText],
    ["changed", "", (row) => moment(row.changed_at)],
  ], held);
}

byId("invite").addEventListener("click", invitePerson);
byId("new-route").addEventListener("click", async () => editRoute(await rowsOf("stores")));
byId("new-publication").addEventListener("click", () => void tried(compose));

function progress(row, at, failed) {
  const said = failed.length ? [t("publication_failed", { stores: storesByName(failed).map(storeName).join(", ") })] : row.reason ? [causeText(row)] : [];
  const done = at(row, "applied");
  const all = at(row, "waiting", "sent", "applied", "skipped", "failed", "worse", "back");
  if (all) said.unshift(t("publication_progress", { wave: count(row.wave + 1), done: count(done), all: count(all), skipped: count(at(row, "skipped")) }));
  return said.join(". ");
}

const EDITED = ["draft", "waiting", "approved", "rejected"];
const STEPS = { draft: ["submit"], rejected: ["submit"], waiting: ["approve", "reject"], approved: ["stop"], going: ["stop"], stopped: ["go-on", "take-back"], done: ["take-back"] };

function decisions(row) {
  const place = document.createElement("span");
  place.className = "head";
  const open = (STEPS[row.state] || []).filter((step) => step !== "take-back" || row.leads_back).filter((step) => may(step === "submit" ? "publish" : "approve"));
  place.append(...open.map((step) => button(`step_${step.replace("-", "_")}`, () => void tried(() => confirmStep(row, step)))));
  if (EDITED.includes(row.state) && may("publish") && seesAll() && isComposed(row)) place.append(button("change", () => void tried(() => compose(row))));
  if (!EDITED.includes(row.state)) place.append(button("answers", () => void tried(() => answers(row))));
  return place;
}

// Runs the action of a button, and shows at the top why it failed.
async function tried(act) {
  try {
    byId("fault").hidden = true;
    await act();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    byId("fault").textContent = refusal(fault);
    byId("fault").hidden = false;
  }
}

// A setting or product that stays when a publication is undone; "SKU codes" are a new product's barcodes.
const keptName = (name) => (name.endsWith(" codes") ? t("kept_codes", { sku: name.slice(0, -6) }) : settingName(name));

// Why a publication stopped, or a store doesn't have it, in the page's language; a person's words as they are.
function causeText({ cause, reason }) {
  if (!cause) return words[state.lang][`why_${reason}`] || reason;
  const named = { kind: "kind", step: "software", why: "unfit", outcome: "outcome" };
  const worded = ([name, value]) => [name, name === "names" ? value.split(", ").map(keptName).join(", ") : typeof value === "number" ? count(value) : name === "why" ? words[state.lang][`unfit_${value}`] || "" : named[name] ? said(named[name], value) : value];
  const text = t(`cause_${cause.code}`, Object.fromEntries(Object.entries(cause.values || {}).map(worded))).trim().replace(/,$/, "");
  return (cause.store ? storeName(cause.store) + t("colon") : "") + text + (cause.others ? t("cause_others", { count: count(cause.others) }) : "");
}

// Each store's answer to a publication.
async function answers(row) {
  const rows = await rowsOf("publications/stores", { id: row.id });
  const place = Object.assign(document.createElement("div"), { className: "scroll wide whole", tabIndex: 0, role: "region", ariaLabel: t("answers") });
  const tone = { applied: "good", failed: "warning", worse: "warning" };
  table(place, [
    ["store", "", (one) => storeName(one.store)],
    ["state", "", (one) => pill(said("answer", one.state), tone[one.state] || "working")],
    ["why", "text", causeText],
    ["changed", "", (one) => moment(one.changed_at, one.store)],
  ], rows);
  edit(`${t("answers")}${t("colon")}${row.title || row.id}`, { place }, {}, () => {}, { word: "close" });
}

// What someone with this right can list; nothing for others.
const listed = (right, place) => (state.me.may.includes(right) && seesAll() ? ask(place) : { rows: [] });

export async function people(still) {
  const [{ rows, invited }, changes, reads, published, employed] = await Promise.all([ask("/v1/people"), newest("tenant/changes"), newest("tenant/reads"), listed("read", "/v1/publications/states?limit=1000"), listed("publish:users", "/v1/employees")]);
  if (!still()) return;
  const called = { publication: new Map(published.rows.map((row) => [row.id, row.title])), employee: new Map(employed.rows.map((row) => [row.id, row.name])) };
  const names = new Map(rows.map((row) => [`person-${row.person}`, row.email]));
  const who = (row) => names.get(row.who) || row.who;
  table("people", [
    ["email", "", (row) => row.email],
    ["role", "", (row) => said("role", row.role)],
    ["reach", "text", (row) => [...storesByName(row.stores || []).map(storeName), ...(row.groups || [])].join(", ") || t("all_stores")],
    ["factor", "", (row) => (row.factor ? pill(t("yes"), "good") : pill(t("no"), "warning"))],
    ["seen", "", (row) => (row.seen_at ? moment(row.seen_at) : t("never"))],
    ["action", "", (row) => beside(button("change", () => editPerson(row)), ...(row.person === state.me.person ? [] : [button("new_password", () => passwordLink(row))]))],
  ], rows);
  byId("open-invitations").hidden = !invited.length;
  table("invitations", [
    ["email", "", (row) => row.email],
    ["role", "", (row) => said("role", row.role)],
    ["reach", "text", (row) => [...storesByName(row.stores || []).map(storeName), ...(row.groups || [])].join(", ") || t("all_stores")],
    ["who", "", (row) => names.get(row.made_by) || row.made_by],
    ["opens_until", "", (row) => moment(row.expires_at)],
    ["action", "", (row) => button("withdraw", () => edit(`${t("withdraw")}${t("colon")}${row.email}`, {}, {}, () => ask(`/v1/people/invitations/${row.invitation}`, {}, { method: "DELETE" }), { word: "withdraw" }))],
  ], invited);
  table("changes", [
    ["when", "", (row) => moment(row.at)],
    ["who", "", who],
    ["preview_item", "text", (row) => `${said("kind", row.what)} ${names.get(row.subject) || subjectName(row, called)}`.trim() + t("colon") + differences(row.before, row.after)],
  ], changes.reverse());
  table("reads", [
    ["when", "", (row) => moment(row.hour)],
    ["who", "", who],
    ["preview_item", "", (row) => row.what],
    ["store", "", (row) => (row.store ? storeName(row.store) : t("all_stores"))],
    ["times", "number", (row) => count(row.times)],
  ], reads.reverse());
}

const newest = async (name) => (await ask(`/v1/${name}?limit=1000&from=${moved(state.day, -7)}`)).rows;

// What a change is about, by the name people gave it; ids that only programs know are left out.
function subjectName({ what, subject }, called) {
  if (called[what]) return called[what].get(subject) || "";
  if (what === "box") return subject.split("/").map((one, at) => (at ? one : storeName(one))).join(" · ");
  return what === "store" || what === "support" ? storeName(subject) : /^(invitation|person)-/.test(subject) ? "" : subject;
}

function differences(before, after) {
  if (!after) return t("removed");
  const known = words[state.lang];
  const called = (name) => known[`field_${name}`] || known[name] || name;
  const shown = (value) => {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (Array.isArray(value)) return value.map(shown).join(", ") || "–";
    if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${called(name) === name ? storeName(name) : called(name)}${t("colon")}${shown(one)}`).join(", ") || "–";
    return known[`publication_${value}`] || known[`store_${value}`] || known[`role_${value}`] || known[`shop_role_${value}`] || value;
  };
  return Object.keys(after).filter((name) => name !== "digest" && shown(after[name]) !== shown(before?.[name]))
    .map((name) => `${called(name)} ${shown(before?.[name])} → ${shown(after[name])}`).join(", ");
}
