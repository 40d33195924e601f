// Nothing in the past can be changed: disables the controls that would, which the server refuses as well. Also disables links
// to pages that show only the present, and links to an empty form (`data-begins`).

const bar = document.querySelector(".past-bar");
const { refused, onlyNow } = bar.dataset;
const presentOnly = new Set(JSON.parse(bar.dataset.pages));
const LOOKS = "[data-print], [data-menu], [type=search], #find, .quiet.fold, [data-view], summary";

function leaves(address) {
  const { origin, pathname } = new URL(address, location.href);
  return origin === location.origin && presentOnly.has(pathname);
}

// A form that is sent as a GET to an address only reads; all others, and buttons outside of forms, change something.
function changes(field) {
  const form = field.form;
  if (bar.contains(field) || field.matches(LOOKS)) return false;
  if (form) return !(form.hasAttribute("action") && form.method === "get" && !leaves(form.getAttribute("action")));
  return field.matches("button") && (field.closest(".row-menu") || !field.closest("[popover], dialog, details.menu, th"));
}

function shut(root) {
  for (const field of root.querySelectorAll("button, input, select, textarea")) {
    if (field.disabled || !changes(field)) continue;
    field.disabled = true;
    field.dataset.shut = "";
    field.title = refused;
  }
  for (const link of root.querySelectorAll("a[href]")) {
    const begins = "begins" in link.dataset;
    if (bar.contains(link) || !(begins || leaves(link.href))) continue;
    link.removeAttribute("href");
    link.setAttribute("role", "link");
    link.setAttribute("aria-disabled", "true");
    link.dataset.shut = "";
    link.title = begins ? refused : onlyNow;
  }
}

const body = document.querySelector(".page-body");
shut(body);
new MutationObserver(() => shut(body)).observe(body, { childList: true, subtree: true });
