// One number pad for all dialogs: it moves to the focused number field, above the dialog's bottom buttons.

const FIELDS = 'input[inputmode="decimal"], input[inputmode="numeric"]';
const keys = document.getElementById("pad-keys");
let pad = null;
let field = null;

addEventListener("focusin", ({ target }) => {
  const form = target.matches(FIELDS) ? target.closest("dialog form") : null;
  if (!form || form.querySelector(".pad:not(.numbers)")) return; // a pad of its own, for PINs
  field = target;
  pad ??= keys.content.firstElementChild.cloneNode(true);
  const whole = target.inputMode === "numeric"; // a PIN, a count: no decimals, and of a PIN no two digits at once
  pad.querySelector('[data-key="."]').hidden = whole;
  pad.querySelector('[data-key="00"]').hidden = whole && target.type === "password";
  pad.querySelector('[data-key="next"]').hidden = fieldsOf(form).length < 2; // there is nowhere to go on to
  const last = [...form.querySelectorAll(".choices")].findLast((one) => one.offsetParent !== null);
  if (last && last.previousElementSibling !== pad) last.before(pad);
});

// The next dialog may have no number fields.
addEventListener("close", ({ target }) => pad && target.contains(pad) && pad.remove(), true);

// Keep the focus in the field even when a touch misses every control, as a hurried double tap may do.
const TOUCHED = "input, select, textarea, button, label, a, summary, [tabindex]";
addEventListener("mousedown", (event) => {
  const dialog = event.target.closest("dialog");
  if (event.target.closest(".pad.numbers") || (dialog && !event.target.closest(TOUCHED))) event.preventDefault();
});

addEventListener("click", ({ target }) => {
  const key = target.closest("[data-key]")?.dataset.key;
  if (key === undefined || !field?.isConnected) return;
  if (key === "next") return next();
  const { selectionStart: from, selectionEnd: to } = field;
  if (key !== "erase") put(key, from, to);
  else if (from !== to) put("", from, to);
  else if (from) put("", from - 1, to);
  field.focus();
});

function put(text, from, to) {
  if (field.maxLength >= 0 && field.value.length - (to - from) + text.length > field.maxLength) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

const fieldsOf = (form) => [...form.querySelectorAll("input:not([type=hidden], [type=radio]), select")].filter((one) => one.offsetParent !== null);

function next() {
  const all = fieldsOf(field.form);
  const following = all[(all.indexOf(field) + 1) % all.length];
  following.focus();
  following.select?.();
}
