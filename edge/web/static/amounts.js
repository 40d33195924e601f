// Typed numbers to integers, without floating point. Comma and point both separate the fraction.

// Thousandths of a unit: "1,25" is 1250. null: not a quantity.
export const parseQuantity = (text) => scaled(text, 3);

// Minor units of the store's currency: "12.5" is 1250 where it has two digits. null: not an amount.
export const parseMinor = (text, digits = Number(document.body.dataset.digits)) => scaled(text, digits);

// Thousandths of a millionth: a yen is worth 0.0061 euros, with more digits than sums have. null: not a rate.
export const parseRate = (text) => scaled(text, 9);

function scaled(text, digits) {
  const found = /^\s*(\d{0,9})(?:[.,](\d*))?\s*$/.exec(text);
  if (!found || (!found[1] && !found[2])) return null;
  const fraction = found[2] || "";
  if (fraction.length > digits) return null;
  return Number((found[1] || "0") + fraction.padEnd(digits, "0"));
}
