// The box for codes: typed, or from a scanner that acts as a keyboard. "3*" before a code is a quantity.

import { parseMinor, parseQuantity } from "./amounts.js";
import { beep } from "./sound.js";
import { sendSure } from "./sure.js";

const TIMES = /^\s*([\d.,]+)\s*\*\s*(.*)$/;

export const box = () => document.getElementById("code");
export const empty = () => box().value.trim() === "";
// Behind a dialog that was closed by a click, the box is focused and has no caret: blur first.
export function focus() {
  box().blur();
  box().focus();
}

// What was typed, whatever it is: a table or a name before F1.
export function takeText() {
  const text = box().value.trim();
  clear();
  return text;
}

// What was typed of a name or a code, before F6; "3*" stays for what is found.
export const takeWords = () => (TIMES.test(box().value) ? "" : takeText().slice(0, 100));

export const clear = () => (box().value = "");

// A number that was typed and not yet used, as {minor, text}: an amount before F8, a count before F2.
export function takeAmount() {
  const text = box().value;
  const minor = text.length <= 9 ? parseMinor(text) : null;
  if (minor === null) return null;
  clear();
  return { minor, text };
}

// What was taken and could not be used, unless something else was typed since.
export const giveBack = (text) => empty() && (box().value = text);

// "3" and F2: the next item three times, as "3*" does. False if there is no such number.
export function takeTimes() {
  if (TIMES.test(box().value) || box().value.length > 7 || parseQuantity(box().value) === null) return false;
  box().value = `${box().value.trim()}*`;
  return true;
}

// "3*" that stands in the box, for what is not scanned: the quantity, or null.
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

// Whether "3*" stands in the box, and no code behind it.
export const times = () => TIMES.exec(box().value)?.[2] === "";

// "3*" stands in the box and the scanner's own wire brought the item: make that three.
// `before` is how much the line was; undefined: it is new.
export function multiply(line, before, tell) {
  const found = TIMES.exec(box().value);
  const times = found && found[2] === "" ? parseQuantity(found[1]) : null;
  if (times === null || line.dataset.unit !== "piece") return;
  clear();
  const quantity = (before ?? 0) + times;
  if (quantity !== Number(line.dataset.quantity)) sendSure("SetQuantity", { line: Number(line.dataset.line), quantity }).then(tell);
}
