// Prefills the form from the link's fragment (behind "#", so that it reaches no server and no log): empty controls, and
// those with a default value (`data-anew`), as if it had been typed. The user decides whether to save it.

const said = new URLSearchParams(location.hash.slice(1));
const filled = [...said].map(([name, value]) => fill(name, value)).filter(Boolean);
if (filled.length) {
  history.replaceState(history.state, "", location.pathname + location.search);
  filled[0].scrollIntoView({ block: "center" });
  filled[0].focus({ preventScroll: true });
}

function fill(name, value) {
  const held = document.querySelector(`main form input[name="${CSS.escape(name)}"]`);
  if (!held || (held.value && !("anew" in held.dataset)) || held.readOnly || !["text", "search", "tel", "email"].includes(held.type)) return null;
  held.value = value.slice(0, held.maxLength < 0 ? 80 : held.maxLength);
  held.dispatchEvent(new Event("input", { bubbles: true }));
  return held;
}
