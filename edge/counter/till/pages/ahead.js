// Keys pressed while a dialog is on its way from the server are meant for it: they are kept, and typed into it when it
// stands. Whoever knows the keys by heart does not wait for pictures.

const MOST = 64;
let kept = null; // null: no dialog is on its way

export const coming = () => kept !== null;

// From now on keys are kept, until `here` or `gone`.
export const onItsWay = () => (kept ??= []);

// It never came: nobody knows what the keys would have done.
export const gone = () => (kept = null);

// The last keys were a scanner's.
export const drop = (count) => kept?.splice(-count);

// It stands and has the focus. A key may ask for the next dialog, which gets the rest.
export function here() {
  const keys = kept ?? [];
  kept = null;
  while (keys.length && !coming()) type(keys.shift());
  if (coming()) kept.push(...keys);
}

// After `wedge.listen`, which tells a scanner from a person and must hear every key.
export function listen() {
  addEventListener("keydown", (event) => {
    if (kept === null || !event.isTrusted || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (kept.length < MOST) kept.push({ key: event.key, code: event.code });
  }, true);
}

function type({ key, code }) {
  const at = document.activeElement;
  if (!at.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))) return;
  if (key === "Enter") return at.tagName === "BUTTON" ? at.click() : at.form?.requestSubmit();
  if (key.length > 1 || typeof at.selectionStart !== "number") return;
  at.setRangeText(key, at.selectionStart, at.selectionEnd, "end");
  at.dispatchEvent(new Event("input", { bubbles: true }));
}
