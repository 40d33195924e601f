// Parses an amount as people write it into minor units, without floating point. Used by shop pages and head office.

// Returns `{ minor }`, or the reason as `{ wrong }`: "unread", "fine" (more digits than the currency has), "foreign" (another
// currency's sign) or "ambiguous" ("1,400" may be 1400 or 1.40: see `whole` and `fraction`). Accepts the thousands and
// decimal separators and the digits of any country.
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

// Western digits and plain spaces, without direction marks.
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

// The parts before and after the decimal separator, and whether that could also separate thousands. null: not a number.
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
  // In a currency with three digits, pages themselves write "1.400".
  return [before, behind, grouped !== null && !(digits === 3 && last === ".")];
}

// The digits without separators between thousands (or lakhs); null if a separator is in the wrong place.
function ungrouped(text) {
  const found = /^([1-9]\d{0,2}([ ,.'٬])\d{3}(?:\2\d{3})*|[1-9]\d?(?:,\d{2})+,\d{3}|\d+)$/.exec(text);
  return found && text.replace(/\D/g, "");
}

// A currency's signs as pages in a language and people write them, longest first.
export function signsOf(currency, lang) {
  const shown = ["code", "symbol", "narrowSymbol"].flatMap((currencyDisplay) =>
    [lang, "en"].map((one) => new Intl.NumberFormat(one, { style: "currency", currency, currencyDisplay }).formatToParts(0).find(({ type }) => type === "currency").value),
  );
  return [...new Set(shown.map(western))].sort((a, b) => b.length - a.length);
}
