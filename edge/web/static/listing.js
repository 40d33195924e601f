// A manager's list: its filters are in the address, so that going back, reloading and sharing the link show the same;
// a tap on a column heading sorts by it; a value that can be edited in place turns into a field.
// Its parts are in templates/listing.html. A form with `data-listing` requests the list by htmx, sorted by the
// server; without one, the whole list is on the page and is sorted here.

import { messageOf } from "./outbox.js";

const form = document.querySelector("form[data-listing]");
const told = document.getElementById("listing-said");
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

// ---- the address

const atFirst = (field) => field?.tagName === "SELECT" && field.selectedIndex === 0;

function keep(values) {
  const { searchParams: before } = new URL(location.href);
  const said = values.filter(([name, value]) => value && (name !== "lang" || before.has("lang")));
  history.replaceState(history.state, "", `${location.pathname}?${new URLSearchParams(said)}`);
  dispatchEvent(new Event("listing")); // to whoever shows what the address says (views.js)
}

const keepForm = () => keep([...new FormData(form)].filter(([name]) => !atFirst(form.elements[name])));

// ---- sorting

// Search results are ordered by relevance, so sorting is off.
const allowSorting = () => {
  const sought = Boolean(form.elements.text?.value.trim());
  for (const button of document.querySelectorAll("th[data-sort] button")) button.disabled = sought;
};

function show(head, down) {
  for (const one of head.parentElement.children) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
}

const valueOf = (row, at) => row.cells[at].dataset.value ?? row.cells[at].innerText.trim();
const compared = (one, other) => {
  const numbers = [one, other].map(Number);
  return numbers.some(Number.isNaN) ? collator.compare(one, other) : numbers[0] - numbers[1];
};

function order(head, down) {
  const at = head.cellIndex;
  const body = head.closest("table").tBodies[0];
  const rows = [...body.rows].filter(({ cells }) => cells.length > at);
  rows.sort((a, b) => {
    const [one, other] = [valueOf(a, at), valueOf(b, at)];
    if (!one || !other) return Number(!one) - Number(!other); // what says nothing is last either way
    return (down ? -1 : 1) * compared(one, other);
  });
  body.append(...rows);
}

function sortBy(head) {
  const down = head.getAttribute("aria-sort") === "ascending";
  const sort = (down ? "-" : "") + head.dataset.sort;
  show(head, down);
  if (form) {
    form.elements.sort.value = sort;
    return form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  order(head, down);
  return keep([...new URLSearchParams(location.search)].filter(([name]) => name !== "sort").concat([["sort", sort]]));
}

// ---- editing in place

const savers = {};

// By kind: `save(key, text, field)` returns the answer, or null if the text can't be read; `mark(field)` sets its value type.
export const spots = (more) => Object.assign(savers, more);

function edit(button) {
  const { spot, key, value, label } = button.dataset;
  const place = document.createElement("form");
  const field = Object.assign(document.createElement("input"), { value, inputMode: "decimal", maxLength: 13, autocomplete: "off", dir: "ltr", ariaLabel: label, required: true });
  field.dataset.was = value;
  savers[spot].mark(field);
  const save = Object.assign(document.createElement("button"), { className: "strong", textContent: told.dataset.save });
  Object.assign(place, { className: "spot-form", noValidate: true }).append(field, save);
  const leave = () => (place.replaceWith(button), button.focus());
  place.addEventListener("keydown", ({ key: pressed }) => pressed === "Escape" && leave());
  field.addEventListener("input", () => field.setCustomValidity(""));
  field.addEventListener("blur", ({ relatedTarget }) => field.value === value && relatedTarget !== save && place.isConnected && place.replaceWith(button));
  place.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (field.value === value) return leave();
    const answer = await savers[spot].save(key, field.value, field);
    if (answer && answer.status < 300) return again(spot, key);
    if (answer) field.setCustomValidity(messageOf(answer));
    return field.reportValidity();
  });
  button.replaceWith(place);
  field.focus();
  field.select();
}

// Reloads the rows and puts the focus back where it was.
function again(kind, key) {
  const { target } = form.dataset;
  document.querySelector(target).addEventListener("htmx:afterSettle", () => {
    told.textContent = told.dataset.saved;
    document.querySelector(`[data-spot="${kind}"][data-key="${CSS.escape(key)}"]`)?.focus();
  }, { once: true });
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// ---- actions on one row and on selected rows

for (const table of document.querySelectorAll("table:has(> thead [data-head])")) {
  new MutationObserver(() => count()).observe(table.tBodies[0], { childList: true });
}

let openedAtPx = 0;

function openMenu(button) {
  const list = button.nextElementSibling;
  list.togglePopover();
  openedAtPx = scrollY;
  if (!list.matches(":popover-open")) return;
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const start = document.documentElement.dir === "rtl" ? left : right - list.offsetWidth;
  list.style.left = `${Math.max(8, Math.min(start, innerWidth - list.offsetWidth - 8))}px`;
  list.style.top = `${bottom + list.offsetHeight + 8 < innerHeight ? bottom : Math.max(8, top - list.offsetHeight)}px`;
  list.querySelector("a, button").focus();
}

const chosen = document.getElementById("chosen");
const ADDRESS_CHARS = 6000; // the server takes 8,190, and head office's doors in between less
const ticks = () => [...document.querySelectorAll('.tick-row[name][form="chosen"]')];

function count() {
  if (!chosen) return;
  const [all, said] = [ticks(), chosen.querySelector("[role=status]")];
  const many = all.filter(({ checked }) => checked).length;
  const fits = new URLSearchParams(new FormData(chosen)).toString().length < ADDRESS_CHARS;
  chosen.hidden = !many;
  chosen.querySelector("[type=submit]").disabled = !fits;
  said.textContent = fits ? said.dataset.text.replace("{count}", many.toLocaleString(document.documentElement.lang)) : chosen.dataset.many;
  const whole = document.querySelector(".tick-row[data-all]");
  [whole.checked, whole.indeterminate] = [many > 0 && many === all.length, many > 0 && many < all.length];
}

function choose(all) {
  for (const one of ticks()) one.checked = all;
  count();
}

addEventListener("change", ({ target }) => {
  if (!target.matches(".tick-row")) return;
  if ("all" in target.dataset) choose(target.checked);
  else count();
});
// an open menu stays in place, so scrolling the list under it closes it; the last pixels of an earlier scroll don't
addEventListener("scroll", () => {
  if (Math.abs(scrollY - openedAtPx) > 8) document.querySelector(".row-menu :popover-open")?.hidePopover();
}, { passive: true });

addEventListener("click", ({ target }) => {
  const menu = target.closest("[data-menu]");
  if (menu) openMenu(menu);
  if (target.closest("button")) target.closest(".row-menu [popover]")?.hidePopover(); // it does what it says, and is gone
  if (target.closest(".bulk-bar [data-none]")) choose(false);
  const head = target.closest("th[data-sort]");
  if (head && target.closest("button")) sortBy(head);
  const spot = target.closest("[data-spot]");
  if (spot) edit(spot);
});

if (form) {
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => (keepForm(), allowSorting()));
  allowSorting();
} else {
  const sort = new URLSearchParams(location.search).get("sort") ?? "";
  const head = document.querySelector(`th[data-sort="${CSS.escape(sort.replace(/^-/, ""))}"]`);
  if (head) (show(head, sort.startsWith("-")), order(head, sort.startsWith("-")));
}
