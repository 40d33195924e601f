// The parts of a publication besides products: settings, chosen by name, and amounts as people type them.

import { digitsOf, Fault, minorOf, state, t } from "./common.js";
import { settingName } from "./setting_words.js";

export const made = (tag, fields, ...inner) => {
  const one = Object.assign(document.createElement(tag), fields);
  one.append(...inner);
  return one;
};
export const wrong = (line) => new Fault(400, { detail: t("line_wrong", { line }) });

// A choice of several values.
const TICKS = {
  make: (setting) => made("div", { className: "ticks" }, ...Object.entries(setting.values[state.lang] ?? {}).map(([value, word]) => made("label", {}, made("input", { type: "checkbox", value }), ` ${word}`))),
  read: (field) => [...field.querySelectorAll(":checked")].map(({ value }) => JSON.parse(value)),
  write: (field, values) => field.querySelectorAll("input").forEach((one) => { one.checked = values.includes(JSON.parse(one.value)); }),
};
const plain = (field, value) => { field.value = value; };
// By a setting's control: makes the field, reads its value as a directive has it, and writes it back.
const CONTROLS = {
  choice: {
    make: (setting) => made("select", {}, ...Object.entries(setting.values[state.lang]).map(([value, word]) => new Option(word, value))),
    read: (field) => JSON.parse(field.value),
    write: (field, value) => { field.value = JSON.stringify(value); },
  },
  several: TICKS,
  picked: TICKS,
  number: { make: (setting) => made("input", { type: "number", min: 0, max: setting.most, required: true }), read: (field) => Number(field.value), write: plain },
  text: { make: (setting) => made("input", setting.most ? { maxLength: setting.most } : {}), read: (field) => field.value.trim(), write: plain },
  lines: { make: () => made("textarea", { rows: 3, maxLength: 1500, dir: "auto" }), read: (field) => field.value.trimEnd().split("\n").map((line) => line.trimEnd()), write: (field, lines) => { field.value = lines.join("\n"); } },
  numbers: { make: () => made("textarea", { rows: 3, maxLength: 200, dir: "ltr" }), read: (field) => field.value.split("\n").filter((line) => line.trim()).map(Number), write: (field, numbers) => { field.value = numbers.join("\n"); } },
  money: { make: () => made("input", { inputMode: "decimal", required: true }), read: (field, currency) => priceOf(field.value, currency), write: (field, minor, currency) => { field.value = typed(minor, currency); } },
};

// A typed amount in the currency's minor units. `currency` "": the stores have several.
export function priceOf(text, currency, line = text) {
  if (!currency) throw new Fault(400, { detail: t("currencies_differ") });
  const minor = minorOf(text, currency);
  if (minor === undefined) throw wrong(line);
  return minor;
}

// An amount as someone would type it.
export function typed(minor, currency) {
  const digits = digitsOf(currency || "EUR");
  return new Intl.NumberFormat(state.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }).format(minor / 10 ** digits);
}

// A setting with its value; choosing another setting replaces the value's field.
function settingRow(known, first, said, currency) {
  const place = made("div", { className: "value" });
  const choice = made("select", { ariaLabel: t("setting") }, ...Object.keys(known).map((name) => new Option(settingName(name), name)));
  if (said) choice.value = said.name;
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
  if (said) CONTROLS[known[said.name].control].write(place.firstElementChild, said.value, currency);
  return row;
}

// `items`: what the directive already has.
export function settingRows(known, items, currency) {
  const more = made("button", { type: "button", className: "quiet", textContent: t("another_setting") });
  const shown = items.filter((one) => one.name in known && !one.cleared);
  const begun = shown.length ? shown.map((one, at) => settingRow(known, at === 0, one, currency)) : [settingRow(known, true)];
  const rows = made("div", { className: "settings whole" }, ...begun, more);
  more.addEventListener("click", () => {
    more.before(settingRow(known, false));
    more.previousElementSibling.querySelector("select").focus();
  });
  return rows;
}

export const settingsIn = (rows, known, currency) => [...rows.querySelectorAll(".setting")].map((row) => {
  const name = row.querySelector("select").value;
  return { name, value: CONTROLS[known[name].control].read(row.querySelector(".value").firstElementChild, currency) };
});
