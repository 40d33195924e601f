// Keys pressed while a dialog is loading are meant for it: they're buffered and typed into it once it is open,
// so that a cashier who knows the keys by heart needn't wait for the screen.

const MOST = 64;
let kept = null; // null: no dialog is on its way

export const coming = () => kept !== null;

// Start buffering keys, until `here` or `gone`.
export const onItsWay = () => (kept ??= []);

// The dialog failed to load: discard the keys, as what they meant is unknown.
export const gone = () => (kept = null);

// The last keys came from a scanner; drop them.
export const drop = (count) => kept?.splice(-count);

// The dialog is open and focused: replay the keys. One may open another dialog, which gets the rest.
export function here() {
  const keys = kept ?? [];
  kept = null;
  while (keys.length && !coming()) type(keys.shift());
  if (coming()) kept.push(...keys);
}

// Call after `wedge.listen`, which must see every key to tell a scanner from a person.
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
