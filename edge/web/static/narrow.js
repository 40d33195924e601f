// Layout for phones. A table that doesn't fit, or has many columns, becomes cards (narrow.css): each cell is labelled with
// its column's heading, and empty cells are marked. A list's filters (`data-fold`, the label of its button) are folded away,
// so that the list itself comes first. A long table shows its first rows, and the rest at a touch.

const MOST_COLUMNS = 4;
const MOST_ROWS = 12;
const narrow = matchMedia("(max-width: 640px)");
const { colon } = document.body.dataset; // behind a label, as the page's language writes it
if (colon) document.documentElement.style.setProperty("--colon", JSON.stringify(colon));
const listed = (table) => table.querySelector(":scope > thead [data-head]") !== null;

function name(table) {
  const heads = [...table.tHead.rows[0].cells];
  const called = heads.flatMap((head) => Array(head.colSpan).fill(head.textContent.trim()));
  const first = Math.max(0, listed(table) ? heads.findIndex(({ dataset }) => "head" in dataset) : heads.findIndex((head) => head.textContent.trim()));
  for (const body of [...table.tBodies, ...(table.tFoot ? [table.tFoot] : [])]) {
    for (const { cells } of body.rows) {
      if (cells.length === 1) continue;
      for (const cell of cells) {
        if (called[cell.cellIndex] && cell.colSpan === 1) cell.dataset.label = called[cell.cellIndex];
        cell.toggleAttribute("data-first", cell.cellIndex === first);
        cell.toggleAttribute("data-bare", cell.cellIndex === first && /^\d+$/.test(cell.textContent.trim())); // a number says not of what
        cell.toggleAttribute("data-none", !cell.textContent.trim() && !cell.querySelector("img, input, select, button, svg, canvas"));
      }
    }
  }
}

// Whether the table is wider than its container, or has so many columns that words would break.
function roomless(table) {
  const { scrollWidth, clientWidth } = table.parentElement;
  return scrollWidth > clientWidth || table.offsetWidth > clientWidth || table.tHead.rows[0].cells.length > MOST_COLUMNS;
}

function fit(table) {
  if (table.tHead?.rows.length !== 1) return; // what has heads of two rows is read as a table alone
  table.classList.remove("as-cards");
  if (!narrow.matches || table.closest(".paper, .plot, [data-no-cards]") || !(listed(table) || roomless(table))) return;
  name(table);
  table.classList.add("as-cards");
}

// Further rows are hidden behind a button, until it's pressed or the address points to one of them.
function shorten(table) {
  const rows = [...table.tBodies].flatMap(({ rows: [...all] }) => all);
  const button = table.nextElementSibling?.matches(".rest") ? table.nextElementSibling : null;
  const long = narrow.matches && rows.length > MOST_ROWS && !("whole" in table.dataset) && !table.closest(".paper");
  const aim = long && location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  const short = long && !rows.some((row, at) => at >= MOST_ROWS && aim && row.contains(aim));
  table.classList.toggle("shortened", short);
  if (!short) return button?.remove();
  const text = document.body.dataset.showAll.replace("{count}", rows.length.toLocaleString(document.documentElement.lang));
  if (button) return button.textContent === text || (button.textContent = text);
  const more = Object.assign(document.createElement("button"), { type: "button", className: "rest", textContent: text });
  more.addEventListener("click", () => {
    table.dataset.whole = "";
    shorten(table);
    rows[MOST_ROWS].querySelector("a, button, input, select")?.focus({ preventScroll: true });
  });
  return table.after(more);
}

function fold(form) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "folds", textContent: form.dataset.fold });
  const turn = (open) => (form.toggleAttribute("data-folded", !open), button.setAttribute("aria-expanded", String(open)));
  button.addEventListener("click", () => turn(form.hasAttribute("data-folded")));
  form.before(button);
  turn("foldOpen" in form.dataset);
}

const foldable = () => [...document.querySelectorAll("[data-fold]")].filter((form) => !form.previousElementSibling?.matches(".folds"));

foldable().forEach(fold);

let asked = false;
function soon() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    foldable().forEach(fold);
    for (const table of document.querySelectorAll("main table")) (fit(table), shorten(table));
  });
}

soon();
narrow.addEventListener("change", soon);
document.fonts.ready.then(soon);
for (const main of document.querySelectorAll("main")) new MutationObserver(() => narrow.matches && soon()).observe(main, { childList: true, subtree: true });
