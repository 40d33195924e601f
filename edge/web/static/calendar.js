// A month calendar under a date field: a tap or click chooses a day, and arrow buttons change the month. The focus stays in
// the field, so typing works without it. The up and down keys move by a day, page up and down by a month.

import { dayName, firstWeekday, monthName, weekdayNames } from "./dates.js";

const DAY_MS = 86_400_000;
const sheet = Object.assign(document.createElement("div"), { id: "month", popover: "manual", role: "dialog" });
let owner = null; // whose month it is
let first = 0; // the first of the month that is shown

const made = (tag, fields, ...inner) => {
  const one = Object.assign(document.createElement(tag), fields);
  one.append(...inner);
  return one;
};
const iso = (at) => new Date(at).toISOString().slice(0, 10);
const today = () => Date.parse(`${new Date().toLocaleDateString("sv", { timeZone: document.body.dataset.zone })}T00:00Z`);
const monthOf = (at) => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth());
const valueOf = (field) => Date.parse(`${field.value.slice(0, 10)}T00:00Z`) || today();

function draw() {
  const { field } = owner;
  const { before, after } = document.getElementById("fault-words").dataset;
  const start = first - ((new Date(first).getUTCDay() - firstWeekday() + 7) % 7) * DAY_MS;
  const arrow = (by, sign, said) => {
    const button = made("button", { type: "button", className: "round", ariaLabel: said }, sign);
    button.dataset.by = by;
    return button;
  };
  const names = weekdayNames();
  const head = made("tr", {}, ...names.map((_, at) => made("th", { scope: "col" }, names[(at + firstWeekday()) % 7])));
  const weeks = [0, 1, 2, 3, 4, 5].map((week) => made("tr", {}, ...names.map((_, at) => cell(start + (week * 7 + at) * DAY_MS, field))));
  const rtl = document.documentElement.dir === "rtl";
  sheet.replaceChildren(
    made("div", { className: "month" }, arrow(-1, rtl ? "›" : "‹", before), made("strong", { ariaLive: "polite" }, monthName(first)), arrow(1, rtl ? "‹" : "›", after)),
    made("table", {}, made("thead", {}, head), made("tbody", {}, ...weeks)),
  );
  sheet.setAttribute("aria-label", monthName(first));
}

function cell(at, field) {
  const day = iso(at);
  const out = (field.min && day < field.min.slice(0, 10)) || (field.max && day > field.max.slice(0, 10));
  const button = made("button", { type: "button", disabled: Boolean(out), ariaLabel: dayName(at), ariaPressed: String(day === field.value.slice(0, 10)), tabIndex: -1 }, String(new Date(at).getUTCDate()));
  button.dataset.day = day;
  if (monthOf(at) !== first) button.classList.add("other");
  if (at === today()) button.setAttribute("aria-current", "date");
  return made("td", {}, button);
}

function place() {
  const { left, right, bottom, top } = owner.text.getBoundingClientRect();
  const wide = sheet.offsetWidth;
  const wanted = document.documentElement.dir === "rtl" ? right - wide : left;
  sheet.style.left = `${Math.max(8, Math.min(wanted, innerWidth - wide - 8))}px`;
  const below = innerHeight - bottom > sheet.offsetHeight + 8 || top < sheet.offsetHeight + 8;
  sheet.style.top = `${below ? Math.min(bottom + 4, Math.max(8, innerHeight - sheet.offsetHeight - 8)) : top - sheet.offsetHeight - 4}px`;
}

function open(mine) {
  close();
  owner = mine;
  first = monthOf(valueOf(mine.field));
  (mine.text.closest("dialog") ?? document.body).append(sheet);
  draw();
  sheet.showPopover();
  mine.text.setAttribute("aria-expanded", "true");
  place();
}

function close() {
  if (sheet.matches(":popover-open")) sheet.hidePopover();
  owner?.text.setAttribute("aria-expanded", "false");
  owner = null;
}

function turn(months) {
  const at = new Date(first);
  first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months);
  draw();
}

// Shows the month of `field` under `text`; `choose` gets the chosen day as ISO 8601.
export function calendar(text, field, choose) {
  const mine = { text, field, choose };
  text.setAttribute("aria-haspopup", "dialog");
  text.setAttribute("aria-expanded", "false");
  text.setAttribute("role", "combobox");
  text.setAttribute("aria-controls", "month");
  text.addEventListener("click", () => owner === mine || open(mine));
  text.addEventListener("blur", () => owner === mine && close());
  text.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape" && owner === mine) {
      event.preventDefault(); // a dialog stays
      return close();
    }
    const days = { ArrowUp: -1, ArrowDown: 1 }[key];
    const months = { PageUp: -1, PageDown: 1 }[key];
    if (!days && !months) return undefined;
    event.preventDefault();
    const at = new Date(valueOf(field));
    const to = days ? at.valueOf() + days * DAY_MS : Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, at.getUTCDate());
    choose(iso(to));
    first = monthOf(to);
    if (owner === mine) draw();
    return undefined;
  });
}

sheet.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
sheet.addEventListener("click", (event) => {
  event.preventDefault(); // within a label a click goes on to its field
  const { day, by } = event.target.closest("button")?.dataset ?? {};
  if (by) turn(Number(by));
  if (!day || !owner) return;
  owner.choose(day);
  close();
});
for (const moved of ["scroll", "resize"]) addEventListener(moved, ({ target }) => owner && !sheet.contains(target) && place(), true);
