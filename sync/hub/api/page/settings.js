// Every setting in force in each store, who set it, and the most common value in the same group.

import { byId, moment, rowsOf, state, storeName, t, table, words } from "./common.js";
import { dataButtons } from "./data.js";
import { settingName, settingText, settingWords } from "./setting_words.js";

const FILE = "config.toml";
const WANTED = { "": () => true, differs: (row) => row.differs, said: (row) => row.known && row.said_by !== FILE, unknown: (row) => !row.known };

// Settings recorded by boxes of older versions, which don't report their config.toml.
async function untold(told, narrowed) {
  const boxes = new Set(told.map((row) => `${row.store} ${row.device}`));
  const rows = (await rowsOf("settings", narrowed)).filter((row) => !boxes.has(`${row.store} ${row.device}`));
  return rows.map((row) => ({ ...row, known: true, untold: true }));
}

export async function settings(still) {
  const name = byId("settings-name").value;
  const narrowed = name ? { name } : {};
  const [told, stores] = await Promise.all([rowsOf("settings/in-force", narrowed), rowsOf("stores"), settingWords()]);
  const rows = [...told, ...(await untold(told, narrowed))];
  if (!still()) return;
  dataButtons();
  named(name, rows);
  const groups = new Map(stores.map((row) => [row.store, row.store_group]));
  const usual = usualOf(rows, groups);
  const shown = rows.map((row) => ({ ...row, differs: row.known && JSON.stringify(row.value) !== usual.get(`${groups.get(row.store)} ${row.name}`) }));
  const order = (row) => `${row.name} ${row.store} ${row.device}`;
  table("settings", [
    ["setting", "text", (row) => ({ text: settingName(row.name), title: row.name })],
    ["store", "", (row) => storeName(row.store)],
    ["value", "text", valueOf],
    ["whose", "", (row) => (row.known ? words[state.lang][`by_${row.said_by.replace(" ", "_")}`] || row.said_by : "")],
    ["since", "", (row) => (row.since ? moment(row.since) : "")],
    ["note", "", noteOf],
    ["told_last", "", (row) => (row.untold ? t("not_told") : moment(row.told_at))],
    ["box", "", (row) => row.device],
  ], shown.filter(WANTED[byId("settings-show").value]).sort((one, other) => (order(one) < order(other) ? -1 : 1)));
}

function valueOf(row) {
  if (!row.known) return "";
  return row.name.startsWith("secret.") ? t(`secret_${row.value}`) : settingText(row.name, row.value);
}

function noteOf(row) {
  if (!row.known) return { text: t("not_known_there"), className: "pill" };
  return row.differs ? { text: t("differs"), className: "pill working" } : "";
}

// Fills the choice of settings from those of all stores, which are read while none is chosen.
function named(name, rows) {
  const choices = byId("settings-name");
  if (!name) choices.replaceChildren(new Option(t("every"), ""), ...[...new Set(rows.map((row) => row.name))].sort().map((one) => new Option(settingName(one), one)));
  choices.value = name;
}

// The most common value in a group, by group and setting; of two equally common ones, the first.
function usualOf(rows, groups) {
  const counts = new Map();
  for (const row of rows.filter((one) => one.known)) {
    const of = `${groups.get(row.store)} ${row.name}`;
    const values = counts.get(of) || new Map();
    values.set(JSON.stringify(row.value), (values.get(JSON.stringify(row.value)) || 0) + 1);
    counts.set(of, values);
  }
  return new Map([...counts].map(([of, values]) => [of, [...values].sort((one, other) => other[1] - one[1])[0][0]]));
}
