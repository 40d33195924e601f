// A field with a list beside it: the arrow keys choose, the focus stays in the field, and a screen reader announces the
// choice (WAI-ARIA 1.2, combobox with a listbox).

const options = (place) => [...place.querySelectorAll('[role="option"]')];
let numbers = 0; // of options that have no name of their own

export const chosenIn = (place) => place.querySelector('[role="option"][aria-selected="true"]');

// Moves the selection by `by` options; in a list without a selection, chooses the first.
export function choose(field, place, by) {
  const all = options(place);
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosenIn(place)) + by))];
  for (const one of all) one.setAttribute("aria-selected", String(one === next));
  field.setAttribute("aria-expanded", String(all.length > 0));
  point(field, next);
  next?.scrollIntoView({ block: "nearest" });
}

// Marks the active option for screen readers while the focus stays in the field.
export function point(field, option) {
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.id ||= `option-${++numbers}`;
  if (field.getAttribute("aria-activedescendant") !== option.id) field.setAttribute("aria-activedescendant", option.id);
}
