// What is other on a phone. A table that finds no room there, or has many columns, becomes cards (narrow.css): what a column
// is called stands in each of its cells, and a cell that says nothing says so. What a list is asked by (`data-fold`, the word
// of its button) is folded away, so that the list itself comes first.

const MOST_COLUMNS = 4;
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

// Whether it is wider than the place it stands in, or so full that its words break.
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

function fold(form) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "folds", textContent: form.dataset.fold });
  const turn = (open) => (form.toggleAttribute("data-folded", !open), button.setAttribute("aria-expanded", String(open)));
  button.addEventListener("click", () => turn(form.hasAttribute("data-folded")));
  form.before(button);
  turn("foldOpen" in form.dataset);
}

document.querySelectorAll("[data-fold]").forEach(fold);

let asked = false;
function soon() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    document.querySelectorAll("main table").forEach(fit);
  });
}

soon();
narrow.addEventListener("change", soon);
document.fonts.ready.then(soon);
for (const main of document.querySelectorAll("main")) new MutationObserver(() => narrow.matches && soon()).observe(main, { childList: true, subtree: true });
