// Which line of the basket is chosen. The line that changed last, until somebody chooses another one.

let chosen = null;
let seen = null;

const list = () => document.querySelector("#lines ol");
const line = (id) => list()?.querySelector(`[data-line="${id}"]`) ?? null;

export const chosenLine = () => line(chosen);

// After fragments were put in place: choose the line that just changed, or the same one as before.
export function show() {
  const { revision, touched } = document.getElementById("lines").dataset;
  if (revision !== seen) {
    seen = revision;
    chosen = touched;
  }
  mark();
}

export function move(step) {
  const all = [...(list()?.children ?? [])];
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosenLine()) + step))];
  if (next) choose(next);
}

export function choose(element) {
  chosen = element.dataset.line;
  mark();
}

function mark() {
  for (const element of list()?.children ?? []) {
    element.setAttribute("aria-selected", String(element.dataset.line === chosen));
  }
  chosenLine()?.scrollIntoView({ block: "nearest" });
}
