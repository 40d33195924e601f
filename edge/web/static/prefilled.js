// Prefills the form from the link's fragment (behind "#", so that it reaches no server and no log): empty controls, and
// those with a default value (`data-prefill`), as if it had been typed or chosen. The user decides whether to save it.

const said = new URLSearchParams(location.hash.slice(1));
const filled = [...said].map(([name, value]) => fill(name, value)).filter(Boolean);
if (filled.length) {
  history.replaceState(history.state, "", location.pathname + location.search);
  const seen = filled.find((held) => held.checkVisibility()) ?? filled[0];
  seen.scrollIntoView({ block: "center" });
  seen.focus({ preventScroll: true });
}

function fill(name, value) {
  const held = document.querySelector(`main form :is(input, select)[name="${CSS.escape(name)}"]`);
  if (!held || (held.value && !("prefill" in held.dataset)) || held.readOnly) return null;
  if (held.matches("select")) return choose(held, value);
  if (!["text", "search", "tel", "email", "datetime-local"].includes(held.type)) return null;
  held.value = value.slice(0, held.maxLength < 0 ? 80 : held.maxLength);
  held.dispatchEvent(new Event("input", { bubbles: true }));
  return held;
}

function choose(held, value) {
  if (![...held.options].some((option) => option.value === value)) return null;
  held.value = value;
  held.dispatchEvent(new Event("change", { bubbles: true }));
  return held;
}
