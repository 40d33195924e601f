// The code box: typed into, or filled by a keyboard scanner. "3*" before a code sets the quantity.

import { parseMinor, parseQuantity } from "./amounts.js";
import { beep } from "./sound.js";
import { sendSure } from "./sure.js";

const TIMES = /^\s*([\d.,]+)\s*\*\s*(.*)$/;

export const box = () => document.getElementById("code");
export const empty = () => box().value.trim() === "";
// After a dialog is closed by a click, the box is focused but has no caret: blur it first.
export function focus() {
  box().blur();
  box().focus();
}

// Takes whatever was typed, such as a table or a name before F1.
export function takeText() {
  const text = box().value.trim();
  clear();
  return text;
}

// Takes a typed name or code before F6; "3*" stays for the product found.
export const takeWords = () => (TIMES.test(box().value) ? "" : takeText().slice(0, 100));

export const clear = () => (box().value = "");

// Takes an unused number as {minor, text}: an amount before F8, a quantity before F2.
export function takeAmount() {
  const text = box().value;
  const minor = text.length <= 9 ? parseMinor(text) : null;
  if (minor === null) return null;
  clear();
  return { minor, text };
}

// Puts unusable text back, unless something else has been typed since.
export const giveBack = (text) => empty() && (box().value = text);

// "3" and F2 do the same as "3*": the next item three times. False if no valid number was typed.
export function takeTimes() {
  if (TIMES.test(box().value) || box().value.length > 7 || parseQuantity(box().value) === null) return false;
  box().value = `${box().value.trim()}*`;
  return true;
}

// Takes "3*" for an item that isn't scanned; returns the quantity, or null.
export function takeQuantity() {
  const found = TIMES.exec(box().value);
  if (!found || found[2]) return null;
  clear();
  return parseQuantity(found[1]) || null;
}

export function add(tell) {
  const found = TIMES.exec(box().value);
  const code = (found ? found[2] : box().value).trim();
  const quantity = found ? parseQuantity(found[1]) : null;
  if (found && !quantity) return beep(); // none of it, or no number
  if (!code) return;
  clear();
  put(code, quantity).then(tell);
}

export const put = (code, quantity = null, symbology = "") =>
  sendSure("AddLine", { code, ...(quantity === null ? {} : { quantity }), ...(symbology ? { symbology } : {}) });

// Whether the box holds "3*" without a code after it.
export const times = () => TIMES.exec(box().value)?.[2] === "";

// With "3*" in the box, an item from a directly connected scanner becomes three.
// `before` is the line's previous quantity, undefined for a new line.
export function multiply(line, before, tell) {
  const found = TIMES.exec(box().value);
  const times = found && found[2] === "" ? parseQuantity(found[1]) : null;
  if (times === null || line.dataset.unit !== "piece") return;
  clear();
  const quantity = (before ?? 0) + times;
  if (quantity !== Number(line.dataset.quantity)) sendSure("SetQuantity", { line: Number(line.dataset.line), quantity }).then(tell);
}
