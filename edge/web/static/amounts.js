// Typed numbers to integers, without floating point: the one place where pages read what was typed. A field says what it
// holds: `data-money`, a sum, or `data-number`. A sum that is not in the shop's currency says `data-currency`, itself or by
// what is chosen beside it (`data-money-by`: the name of radios or a select; a choice that is `data-percent` is no sum).
// What a page needs for it stands in templates/money_words.html.

// Thousandths of a unit: "1,25" is 1250. null: not a quantity.
export const parseQuantity = (text) => scaled(text, 3);

// The same, also below 0.
export const parseSigned = (text) => {
  const [, sign, rest] = /^\s*(-?)(.*)$/.exec(text);
  const read = parseQuantity(rest);
  return read === null ? null : read * (sign ? -1 : 1);
};

// Hundredths of a percent: "12,5" is 1250. null: not a percentage.
export const parsePercent = (text) => scaled(text, 2);

// Thousandths of a millionth: a yen is worth 0.0061 euros, with more digits than sums have. null: not a rate.
export const parseRate = (text) => scaled(text, 9);

// Minor units of the currency of the field, the shop's where none is named: "12.5" is 1250 where it has two digits.
// null: not an amount; `amountFault` says why.
export const parseMinor = (text, field) => readAmount(text, moneyOf(field)).minor ?? null;

// Minor units as a field holds them: 1250 is "12.50".
export function plainMinor(minor, field) {
  const { digits } = moneyOf(field);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  return (minor < 0 ? "-" : "") + (digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

// Why what was typed is no amount, in the page's language.
export function amountFault(text, field) {
  const of = moneyOf(field);
  const { wrong = "unread", whole, fraction } = readAmount(text, of);
  const said = words()[wrong];
  const values = { typed: text.trim(), whole, fraction, currency: of.currency };
  return said.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// As `{ minor }`, or why not, as `{ wrong }`: "unread", "fine" (more digits than the currency has), "foreign" (another
// currency's sign) or "ambiguous" ("1,400" may be 1400 or 1.40: as `whole` and `fraction`). Marks of thousands and of the
// fraction are those of any country, as are digits.
export function readAmount(text, { digits, signs = [] }) {
  const typed = withoutSign(western(text), signs);
  if (/\p{Sc}|\b[A-Z]{3}\b/u.test(typed)) return { wrong: "foreign" };
  if (!/^(\d[\d ,.'٬٫]*|[.,٫]\d+)$/u.test(typed)) return { wrong: "unread" };
  const [whole, fraction, ambiguous] = parts(typed, digits);
  if (ambiguous) return { wrong: "ambiguous", whole: whole + fraction, fraction: `${whole}.${fraction.slice(0, digits)}` };
  if (whole === null || whole.length > 9) return { wrong: "unread" };
  if (fraction.length > digits) return { wrong: "fine" };
  return { minor: Number((whole || "0") + fraction.padEnd(digits, "0")) };
}

const ZEROS = [..."٠۰०０"].map((zero) => zero.codePointAt(0));
const digitOf = (sign) => {
  const zero = ZEROS.find((one) => sign.codePointAt(0) >= one && sign.codePointAt(0) < one + 10);
  return zero === undefined ? sign : String(sign.codePointAt(0) - zero);
};

// Western digits and plain spaces, without what only says in which direction text runs.
const western = (text) =>
  [...text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").replace(/\s/g, " ").replace(/’/g, "'").replace(/،/g, ",")].map(digitOf).join("").trim();

function withoutSign(typed, signs) {
  const lower = typed.toLowerCase();
  for (const sign of signs.map((one) => one.toLowerCase())) {
    if (lower.startsWith(sign)) return typed.slice(sign.length).trim();
    if (lower.endsWith(sign)) return typed.slice(0, -sign.length).trim();
  }
  return typed;
}

// What stands before and behind the fraction's mark, and whether that may be a mark of thousands as well. null: neither.
function parts(typed, digits) {
  const marks = typed.match(/\D/g) ?? [];
  const kinds = new Set(marks);
  const last = marks.at(-1);
  if (!last) return [typed, ""];
  const [before, behind] = [typed.slice(0, typed.lastIndexOf(last)), typed.slice(typed.lastIndexOf(last) + 1)];
  const isPoint = ".,٫".includes(last) && marks.filter((mark) => mark === last).length === 1;
  if (kinds.size === 2 && isPoint) return [ungrouped(before), behind];
  if (kinds.size > 1) return [null, ""];
  const grouped = ungrouped(typed);
  if (!isPoint || (grouped !== null && !digits)) return [grouped, ""];
  // Where a currency has three digits, "1.400" is how a page writes them itself.
  return [before, behind, grouped !== null && !(digits === 3 && last === ".")];
}

// Digits without the marks between thousands (and lakhs); null where they stand elsewhere.
function ungrouped(text) {
  const found = /^([1-9]\d{0,2}([ ,.'٬])\d{3}(?:\2\d{3})*|[1-9]\d?(?:,\d{2})+,\d{3}|\d+)$/.exec(text);
  return found && text.replace(/\D/g, "");
}

function scaled(text, digits) {
  const found = /^\s*(\d{0,9})(?:[.,](\d*))?\s*$/.exec(text);
  if (!found || (!found[1] && !found[2])) return null;
  const fraction = found[2] || "";
  if (fraction.length > digits) return null;
  return Number((found[1] || "0") + fraction.padEnd(digits, "0"));
}

const words = () => document.getElementById("money-words").dataset;

// How many digits a currency has behind the point.
export const digitsOf = (currency) => JSON.parse(words().exponents)[currency] ?? 2;

// In which currency a field's sum is: how many digits that has, and how it is written.
function moneyOf(field) {
  if (field !== undefined && !(field instanceof HTMLElement)) throw new TypeError(`not a field of money: ${field}`);
  const currency = chosenBy(field)?.dataset.currency || words().currency;
  return { digits: digitsOf(currency), currency, signs: signsOf(currency) };
}

const chosenBy = (field) => (field?.dataset.moneyBy ? field.form.querySelector(`[name="${field.dataset.moneyBy}"]:checked, [name="${field.dataset.moneyBy}"] :checked`) : field);

// A currency's signs as pages and people write them, the longest first.
function signsOf(currency) {
  const { lang } = document.body.dataset;
  const shown = ["code", "symbol", "narrowSymbol"].flatMap((currencyDisplay) =>
    [lang, "en"].map((one) => new Intl.NumberFormat(one, { style: "currency", currency, currencyDisplay }).formatToParts(0).find(({ type }) => type === "currency").value),
  );
  return [...new Set(shown.map(western))].sort((a, b) => b.length - a.length);
}

// A sum that was typed stands there as it was read: whoever typed 14 sees 14.00.
addEventListener(
  "change",
  ({ target }) => {
    if (!target.matches?.("input[data-money]") || chosenBy(target)?.dataset.percent !== undefined) return;
    const [, sign, rest] = (target.dataset.money === "signed" ? /^[\s\u200e\u200f]*([-+\u2212]?)(.*)$/ : /^()(.*)$/).exec(target.value);
    const minor = parseMinor(rest, target);
    if (minor !== null) target.value = sign + plainMinor(minor, target);
  },
  true,
);
