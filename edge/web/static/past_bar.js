// In the past nothing can be changed: what would is shut here, and the server refuses it as well.

const bar = document.querySelector(".past-bar");
const why = bar.dataset.refused;
const LOOKS = "[data-print], [type=search], #find, .quiet.fold, [data-view], summary";

// A form that is sent by its address only looks; all others, and buttons outside of forms, change something.
function changes(field) {
  const form = field.form;
  if (bar.contains(field) || field.matches(LOOKS)) return false;
  if (form) return !(form.hasAttribute("action") && form.method === "get");
  return field.matches("button") && !field.closest("[popover], dialog, details.menu, th");
}

function shut(root) {
  for (const field of root.querySelectorAll("button, input, select, textarea")) {
    if (field.disabled || !changes(field)) continue;
    field.disabled = true;
    field.dataset.shut = "";
    field.title = why;
  }
}

const body = document.querySelector(".page-body");
shut(body);
new MutationObserver(() => shut(body)).observe(body, { childList: true, subtree: true });
