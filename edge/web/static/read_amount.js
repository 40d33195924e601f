// A sum as people write it, to a currency's smallest unit, without floating point: pages of shops and of head office.

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

// A currency's signs as pages in a language and people write them, the longest first.
export function signsOf(currency, lang) {
  const shown = ["code", "symbol", "narrowSymbol"].flatMap((currencyDisplay) =>
    [lang, "en"].map((one) => new Intl.NumberFormat(one, { style: "currency", currency, currencyDisplay }).formatToParts(0).find(({ type }) => type === "currency").value),
  );
  return [...new Set(shown.map(western))].sort((a, b) => b.length - a.length);
}
