// Shows what is wrong with a field beside it, in the page's language instead of the browser's: only the first error, and
// only until the field is changed.

const words = document.getElementById("fault-words").dataset;
const bubble = Object.assign(document.createElement("p"), { id: "fault", popover: "manual", role: "alert" });
let field = null; // of which is spoken
let told = false; // of this attempt the first was told

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// A sentence for the error the browser found; a field's own custom message takes precedence.
export function faultOf(one) {
  const { validity } = one;
  if (validity.customError) return one.validationMessage;
  if (validity.valueMissing) return one.type === "checkbox" || one.type === "radio" || one.matches("select") ? words.choose : words.missing;
  if (validity.rangeUnderflow) return filled(words.least, { least: one.min });
  if (validity.rangeOverflow) return filled(words.most, { most: one.max });
  if (validity.tooShort) return filled(words.short, { least: one.minLength });
  if (validity.tooLong) return filled(words.long, { most: one.maxLength });
  if (validity.typeMismatch) return one.type === "email" ? words.email : words.address;
  if (validity.badInput || validity.stepMismatch) return words.number;
  return one.title || words.pattern;
}

function place() {
  const { left, right, bottom, top } = field.getBoundingClientRect();
  const wide = bubble.offsetWidth;
  const wanted = document.documentElement.dir === "rtl" ? right - wide : left;
  bubble.style.left = `${Math.max(8, Math.min(wanted, innerWidth - wide - 8))}px`;
  bubble.style.top = `${innerHeight - bottom > bubble.offsetHeight + 8 ? bottom + 6 : top - bubble.offsetHeight - 6}px`;
}

function hush() {
  if (bubble.matches(":popover-open")) bubble.hidePopover();
  field?.removeAttribute("aria-invalid");
  field?.removeAttribute("aria-describedby");
  field = null;
}

function tell(one) {
  hush();
  field = one;
  one.closest("details:not([open])")?.setAttribute("open", "");
  one.scrollIntoView({ block: "nearest" });
  one.focus({ preventScroll: true });
  (one.closest("dialog") ?? document.body).append(bubble);
  bubble.textContent = faultOf(one);
  bubble.showPopover();
  place();
  one.setAttribute("aria-invalid", "true");
  one.setAttribute("aria-describedby", "fault");
}

addEventListener("invalid", (event) => {
  event.preventDefault();
  if (told) return;
  told = true;
  queueMicrotask(() => (told = false));
  tell(event.target);
}, true);
for (const kind of ["input", "change", "close"]) addEventListener(kind, () => field && hush(), true);
addEventListener("focusout", ({ target }) => target === field && hush());
for (const moved of ["scroll", "resize"]) addEventListener(moved, () => field && place(), true);
