// What a link says of the form that it leads to, behind its "#", so that no server and no log has it: put into the form's
// empty controls, and those that begin with something usual (`data-anew`), as if it had been typed. Whoever came saves it, or not.

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
