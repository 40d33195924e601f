// Employees of the stores: added, changed and ended once for several stores, with a role in each; and each store's answer. No
// PIN is set here: employees choose theirs in the store.

import { ask, byId, byStore, moment, nameStores, seesAll, state, storeName, storesByName, t, table, words } from "./common.js";
import { edit } from "./edit.js";
import { made } from "./publication.js";

const BUILT_IN = ["cashier", "manager"];
const FILTERED = 12; // stores from which on they are found by typing
const TONES = { applied: "good", refused: "warning", waiting: "working", sent: "working" };

const pill = (text, kind = "") => ({ text, className: `pill ${kind}` });
const hint = (word, values) => made("p", { className: "hint whole", textContent: t(word, values) });
const path = (id, more = "") => `/v1/employees/${encodeURIComponent(id)}${more}`;
const roleName = (role, own = []) => words[state.lang][`shop_role_${role}`] || own.find((one) => one.id === role)?.name || role;
const whyText = (reason) => words[state.lang][`why_${reason}`] || reason;

// The roles that stores have made themselves, by store.
async function ownRoles() {
  const roles = {};
  for (const row of await everyRow("/v1/master-data?kind=access_role&limit=1000")) {
    if (!row.ended) (roles[row.store] ??= new Map()).set(row.id, { id: row.id, name: row.body.name });
  }
  return roles;
}

const rolesAt = (roles, store) => [...(roles[store]?.values() ?? [])];

// Reads all pages of rows, for all stores whatever the page's scope.
async function everyRow(place) {
  const rows = [];
  for (let after = ""; after !== null;) {
    const found = await ask(`${place}${after ? `${place.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}` : ""}`);
    rows.push(...found.rows);
    after = found.next;
  }
  return rows;
}

const working = (row) => row.stores.filter((one) => one.role);

function button(word, row, act) {
  const one = made("button", { type: "button", textContent: t(word), ariaLabel: `${t(word)}${t("colon")}${row.name}` });
  one.addEventListener("click", () => act(row));
  return one;
}

// An employee's state: the most urgent one among their stores, with how many have it.
function stateOf(row) {
  const worst = ["refused", "waiting", "sent"].find((one) => row.stores.some((store) => store.state === one)) ?? "applied";
  const all = row.stores.filter((store) => store.state === worst).length;
  return row.stores.length ? pill(t(`staff_${worst}`, { count: all }), TONES[worst]) : "";
}

function rolesText(row, roles) {
  const by = new Map();
  for (const one of byStore(working(row))) {
    const name = roleName(one.role, rolesAt(roles, one.store));
    by.set(name, [...(by.get(name) ?? []), storeName(one.store)]);
  }
  return [...by].map(([role, stores]) => `${role}${t("colon")}${stores.join(", ")}`).join("; ") || t("staff_nowhere");
}

export async function employees(still) {
  if (!(state.me.may.includes("publish:users") && seesAll())) {
    byId("new-employee").hidden = true;
    byId("employees-factor").hidden = false;
    return byId("employees").replaceChildren();
  }
  const [found, roles, stores] = await Promise.all([everyRow("/v1/employees"), ownRoles(), everyRow("/v1/stores?limit=1000")]);
  if (!still()) return;
  const { store, group } = state.scope;
  nameStores(stores); // also those that were added since
  const grouped = stores.filter((row) => row.store_group === group);
  const inside = (one) => (store ? one.store === store : grouped.some((row) => row.store === one.store));
  const rows = found.filter((row) => !(store || group) || row.stores.some(inside));
  rows.sort((one, other) => Boolean(working(other).length) - Boolean(working(one).length) || one.name.localeCompare(other.name, state.lang));
  byId("employees-factor").hidden = true;
  byId("new-employee").hidden = false;
  byId("new-employee").onclick = () => editEmployee(null, roles);
  table("employees", [
    ["employee", "text", (row) => row.name],
    ["role_in_stores", "text", (row) => rolesText(row, roles)],
    ["state", "", stateOf],
    ["action", "", (row) => actions(row, roles)],
    ["changed", "", (row) => moment(row.changed_at)],
  ], rows);
}

function actions(row, roles) {
  const place = made("span", { className: "head" }, button("change", row, () => editEmployee(row, roles)), button("answers", row, () => showAnswers(row, roles)));
  if (row.stores.some((one) => one.state === "refused")) place.append(button("ask_again", row, askAgain));
  if (row.undoable) place.append(button("undo_change", row, undoChange));
  if (working(row).length) place.append(button("end_work", row, endWork));
  else place.append(button("delete_person", row, deletePerson));
  return place;
}

function showAnswers(row, roles) {
  const place = made("div", { className: "scroll wide whole", tabIndex: 0, role: "region", ariaLabel: t("answers") });
  table(place, [
    ["store", "", (one) => storeName(one.store)],
    ["role", "", (one) => (one.role ? roleName(one.role, rolesAt(roles, one.store)) : t("role_ended"))],
    ["state", "", (one) => pill(t(`staff_one_${one.state}`), TONES[one.state])],
    ["why", "text", (one) => whyText(one.reason)],
    ["changed", "", (one) => moment(one.changed_at, one.store)],
  ], row.stores);
  edit(`${t("answers")}${t("colon")}${row.name}`, { place }, {}, () => {}, { word: "close" });
}

// A role field for each store; the first choice sets all the stores shown.
function roleFields(row, roles) {
  const now = Object.fromEntries((row ? working(row) : []).map((one) => [one.store, one.role]));
  const options = (own) => [new Option(t("role_none"), ""), ...BUILT_IN.map((one) => new Option(roleName(one), one)), ...own.map((one) => new Option(one.name, one.id))];
  const lines = storesByName(new Set([...Object.keys(state.names), ...Object.keys(now)])).map((store) => {
    const choice = made("select", { name: `role ${store}` }, ...options(rolesAt(roles, store)));
    if (now[store] && ![...choice.options].some((one) => one.value === now[store])) choice.append(new Option(now[store], now[store]));
    choice.value = now[store] ?? "";
    return { store, choice, line: made("label", { className: "role" }, made("bdi", { textContent: storeName(store) }), choice) };
  });
  const all = made("select", { name: "role_all" }, new Option("–", "–"), ...options([]));
  all.addEventListener("change", () => {
    for (const { choice, line } of lines) if (!line.hidden && all.value !== "–") choice.value = all.value;
  });
  const filter = made("input", { type: "search", maxLength: 80 });
  filter.addEventListener("input", () => {
    for (const { store, line } of lines) line.hidden = !storeName(store).toLowerCase().includes(filter.value.trim().toLowerCase());
  });
  const place = made("fieldset", { className: "whole" }, made("legend", { textContent: t("role_in_stores") }),
    ...(lines.length > FILTERED ? [made("label", {}, made("span", { textContent: t("find_stores") }), filter)] : []),
    made("label", { className: "role" }, made("span", { textContent: t("role_everywhere") }), all),
    made("div", { className: "ticks" }, ...lines.map(({ line }) => line)));
  return { place, read: () => Object.fromEntries(lines.filter(({ choice }) => choice.value).map(({ store, choice }) => [store, choice.value])) };
}

// The id of a new employee is made here, so that saving twice adds one person.
function editEmployee(row, roles) {
  const id = row?.id ?? `h${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(36).padStart(2, "0")).join("").slice(0, 14)}`;
  const fields = roleFields(row, roles);
  edit(row ? row.name : t("new_employee"), { employee_name: 60, roles: fields.place, told: hint("pin_in_store") }, { employee_name: row?.name ?? "" }, ({ employee_name: name }) =>
    ask(path(id), { name: name.trim(), roles: fields.read() }, { method: "PUT", ...(row ? { "If-Match": `"${row.changed_at}"` } : {}) }));
}

function endWork(row) {
  edit(`${t("end_work")}${t("colon")}${row.name}`, { told: hint("end_work_hint", { stores: byStore(working(row)).map((one) => storeName(one.store)).join(", ") }) }, {}, () => ask(path(row.id), { name: row.name, roles: {} }, { method: "PUT", "If-Match": `"${row.changed_at}"` }), { word: "end_work" });
}

// Sends the roles again to stores that refused, once the reason was dealt with.
function askAgain(row) {
  const roles = Object.fromEntries(working(row).map((one) => [one.store, one.role]));
  const shown = row.stores.filter((one) => one.state === "refused").map((one) => `${storeName(one.store)}${t("colon")}${whyText(one.reason)}`).join("\n");
  edit(`${t("ask_again")}${t("colon")}${row.name}`, {}, {}, () => ask(path(row.id), { name: row.name, roles }, { method: "PUT", "If-Match": `"${row.changed_at}"` }), { shown, word: "ask_again" });
}

function undoChange(row) {
  edit(`${t("undo_change")}${t("colon")}${row.name}`, { told: hint("undo_change_hint") }, {}, () => ask(path(row.id, "/undo"), { changed_at: row.changed_at }), { word: "undo_change" });
}

function deletePerson(row) {
  edit(`${t("delete_person")}${t("colon")}${row.name}`, { told: hint("delete_person_hint") }, {}, () => ask(path(row.id), {}, { method: "DELETE" }), { word: "delete_person" });
}
