// The dialog in which a publication is written: settings, chosen by what they are called; prices and a range, one a line.

import { ask, byId, Fault, minorOf, state, t } from "./common.js";
import { edit, names } from "./edit.js";
import { settingName, settingWords } from "./setting_words.js";

const made = (tag, fields, ...inner) => {
  const one = Object.assign(document.createElement(tag), fields);
  one.append(...inner);
  return one;
};
const wrong = (line) => new Fault(400, { detail: t("line_wrong", { line }) });

// ---- settings

// Some of what there is.
const TICKS = {
  make: (setting) => made("div", { className: "ticks" }, ...Object.entries(setting.values[state.lang] ?? {}).map(([value, word]) => made("label", {}, made("input", { type: "checkbox", value }), ` ${word}`))),
  read: (field) => [...field.querySelectorAll(":checked")].map(({ value }) => JSON.parse(value)),
};
// By how a setting is typed: the field for its value, and what stands there as a directive says it.
const CONTROLS = {
  choice: {
    make: (setting) => made("select", {}, ...Object.entries(setting.values[state.lang]).map(([value, word]) => new Option(word, value))),
    read: (field) => JSON.parse(field.value),
  },
  several: TICKS,
  picked: TICKS,
  number: { make: (setting) => made("input", { type: "number", min: 0, max: setting.most, required: true }), read: (field) => Number(field.value) },
  text: { make: (setting) => made("input", setting.most ? { maxLength: setting.most } : {}), read: (field) => field.value.trim() },
  lines: { make: () => made("textarea", { rows: 3, maxLength: 1500, dir: "auto" }), read: (field) => field.value.trimEnd().split("\n").map((line) => line.trimEnd()) },
  numbers: { make: () => made("textarea", { rows: 3, maxLength: 200, dir: "ltr" }), read: (field) => field.value.split("\n").filter((line) => line.trim()).map(Number) },
  money: { make: () => made("input", { inputMode: "decimal", required: true }), read: (field, currency) => priceOf(field.value, currency) },
};

// A sum as typed, in the currency's smallest unit. `currency` "": the stores have several.
function priceOf(text, currency, line = text) {
  if (!currency) throw new Fault(400, { detail: t("currencies_differ") });
  const minor = minorOf(text, currency);
  if (minor === undefined) throw wrong(line);
  return minor;
}

// One setting with its value; another one that is chosen brings the field for its own.
function settingRow(known, first) {
  const place = made("div", { className: "value" });
  const choice = made("select", { ariaLabel: t("setting") }, ...Object.keys(known).map((name) => new Option(settingName(name), name)));
  const drop = made("button", { type: "button", className: "round", textContent: "×", ariaLabel: t("remove") });
  const row = made("div", { className: "setting" }, choice, place, ...(first ? [] : [drop]));
  const draw = () => {
    const field = CONTROLS[known[choice.value].control].make(known[choice.value]);
    field.ariaLabel = t("value");
    if (field.className === "ticks") field.role = "group";
    place.replaceChildren(field);
  };
  choice.addEventListener("change", draw);
  drop.addEventListener("click", () => row.remove());
  draw();
  return row;
}

function settingRows(known) {
  const more = made("button", { type: "button", className: "quiet", textContent: t("another_setting") });
  const rows = made("div", { className: "settings whole" }, settingRow(known, true), more);
  more.addEventListener("click", () => {
    more.before(settingRow(known, false));
    more.previousElementSibling.querySelector("select").focus();
  });
  return rows;
}

const settingsIn = (rows, known, currency) => [...rows.querySelectorAll(".setting")].map((row) => {
  const name = row.querySelector("select").value;
  return { name, value: CONTROLS[known[name].control].read(row.querySelector(".value").firstElementChild, currency) };
});

// ---- prices and a range

// "product number = value" a line, as what a directive says.
function itemOf(kind, line, currency) {
  const [, sku, value] = /^\s*([^=\s]+)\s*[=\t]\s*(.+?)\s*$/.exec(line) || [];
  if (!sku) throw wrong(line);
  return kind === "assortment" ? listingOf(sku, value, line, currency) : { sku, price_minor: priceOf(value, currency, line) };
}

// "yes", "no", or a price of what is in the range; from a day on where one stands behind it.
function listingOf(sku, value, line, currency) {
  const [, said, day] = /^(yes|no|.*?\p{Nd}.*?)(?:\s+(\d{4}-\d{2}-\d{2}))?$/u.exec(value) || [];
  const from = day ? Date.parse(`${day}T00:00:00`) * 1000 : null;
  if (!said || Number.isNaN(from)) throw wrong(line);
  const price = ["yes", "no"].includes(said) ? {} : { price_minor: priceOf(said, currency, line) };
  return { sku, listed: said !== "no", ...(from ? { from_us: from } : {}), ...price };
}

// ---- the dialog

// `currencies` of the stores: sums are of one alone.
export async function editPublication(currencies) {
  const all = [...new Set(currencies.filter(Boolean))];
  const currency = all.length === 1 ? all[0] : "";
  const known = await settingWords();
  const rows = settingRows(known);
  const itemsOf = (kind, lines) => kind === "settings" ? settingsIn(rows, known, currency) : lines.split("\n").filter((line) => line.trim()).map((line) => itemOf(kind, line, currency));
  const fields = { title: 200, kind: ["settings", "prices", "assortment"], settings: rows, lines: "lines", stores: 4000, groups: 4000, first: 200, pause_hours: 3, urgent: ["", "yes"] };
  edit(t("new_publication"), fields, { kind: "settings", pause_hours: 1 }, ({ title, kind, lines, stores, groups, first, pause_hours, urgent }) => {
    if (kind === "prices" && !currency) throw new Fault(400, { detail: t("currencies_differ") });
    const items = itemsOf(kind, lines);
    if (kind === "assortment" && names(groups)) for (const one of items) one.group = names(groups).join(", ").slice(0, 60); // as a shop's page of its range says
    if (!/^\d+$/.test(pause_hours)) throw wrong(pause_hours);
    const body = { title, directives: [{ kind, body: { [kind]: items } }], stores: names(stores), groups: names(groups), first: names(first), pause_s: Number(pause_hours) * 3600, ...(urgent ? { urgent: true } : {}) };
    return ask(`/v1/publications/${kind}-${Date.now().toString(36)}`, body, { method: "PUT" });
  });
  const { kind, lines } = byId("edit").querySelector("form").elements;
  const fit = () => {
    rows.hidden = kind.value !== "settings";
    for (const field of rows.querySelectorAll(":is(select, input, textarea)")) field.disabled = rows.hidden;
    lines.closest("label").hidden = !rows.hidden;
  };
  kind.addEventListener("change", fit);
  fit();
}
