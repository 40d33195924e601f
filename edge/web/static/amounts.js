// Typed numbers to integers, without floating point: the one place where pages parse what was typed. A field declares its
// kind: `data-money` for an amount, or `data-number`. An amount in another currency has `data-currency`, on the field or on
// the option chosen beside it (`data-money-by`: the name of radios or a select; a `data-percent` option is no amount).
// The words that a page needs for it are in templates/money_words.html.

import { readAmount, signsOf } from "./read_amount.js";

// Thousandths of a unit: "1,25" is 1250. null: not a quantity.
export const parseQuantity = (text) => scaled(text, 3);

// The same, but may be negative.
export const parseSigned = (text) => {
  const [sign, rest] = signed(text);
  const read = parseQuantity(rest);
  return read === null ? null : read * (sign === "" || sign === "+" ? 1 : -1);
};

// A leading sign, and what follows it. A minus may be a hyphen or U+2212, and right-to-left text has marks before it.
const signed = (text) => /^[\s\u200e\u200f]*([-+\u2212]?)(.*)$/.exec(text).slice(1);

// Hundredths of a percent: "12,5" is 1250. null: not a percentage.
export const parsePercent = (text) => scaled(text, 2);

// Billionths: a yen is worth 0.0061 euros, which needs more digits than amounts have. null: not a rate.
export const parseRate = (text) => scaled(text, 9);

// Minor units of the field's currency, or the shop's if it names none: "12.5" is 1250 with two digits.
// null: not an amount; `amountFault` says why.
export const parseMinor = (text, field) => readAmount(text, moneyOf(field)).minor ?? null;

// Minor units as a field's text: 1250 is "12.50".
export function plainMinor(minor, field) {
  const { digits } = moneyOf(field);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  return (minor < 0 ? "-" : "") + (digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

// Minor units of the shop's currency for display: 1250 is "€12.50".
export function shownMinor(minor) {
  const { currency } = words();
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currencyDisplay: "narrowSymbol", currency });
  return format.format(minor / 10 ** digitsOf(currency));
}

// Why the input isn't an amount, in the page's language.
export function amountFault(text, field) {
  const of = moneyOf(field);
  const { wrong = "unread", whole, fraction } = readAmount(text, of);
  const said = words()[wrong];
  const values = { typed: text.trim(), whole, fraction, currency: of.currency };
  return said.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function scaled(text, digits) {
  const found = /^\s*(\d{0,9})(?:[.,](\d*))?\s*$/.exec(text);
  if (!found || (!found[1] && !found[2])) return null;
  const fraction = found[2] || "";
  if (fraction.length > digits) return null;
  return Number((found[1] || "0") + fraction.padEnd(digits, "0"));
}

const words = () => document.getElementById("money-words").dataset;

// The number of decimal digits of a currency.
export const digitsOf = (currency) => JSON.parse(words().exponents)[currency] ?? 2;

// The currency of a field's amount, its number of digits, and its signs.
function moneyOf(field) {
  if (field !== undefined && !(field instanceof HTMLElement)) throw new TypeError(`not a field of money: ${field}`);
  const currency = chosenBy(field)?.dataset.currency || words().currency;
  return { digits: digitsOf(currency), currency, signs: signsOf(currency, document.body.dataset.lang) };
}

const chosenBy = (field) => (field?.dataset.moneyBy ? field.form.querySelector(`[name="${field.dataset.moneyBy}"]:checked, [name="${field.dataset.moneyBy}"] :checked`) : field);

// Shows a typed amount as it was parsed: 14 becomes 14.00.
addEventListener(
  "change",
  ({ target }) => {
    if (!target.matches?.("input[data-money]") || chosenBy(target)?.dataset.percent !== undefined) return;
    const [sign, rest] = target.dataset.money === "signed" ? signed(target.value) : ["", target.value];
    const minor = parseMinor(rest, target);
    if (minor !== null) target.value = sign + plainMinor(minor, target);
  },
  true,
);
