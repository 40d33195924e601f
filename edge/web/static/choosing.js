// A field and the list beside it: the arrows choose, the focus stays in the field, and a screen reader hears what is
// chosen (WAI-ARIA 1.2, combobox with a listbox).

const options = (place) => [...place.querySelectorAll('[role="option"]')];
let numbers = 0; // of options that have no name of their own

export const chosenIn = (place) => place.querySelector('[role="option"][aria-selected="true"]');

// Choose the option that is `by` further than the one now; of a list that is new, the first.
export function choose(field, place, by) {
  const all = options(place);
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosenIn(place)) + by))];
  for (const one of all) one.setAttribute("aria-selected", String(one === next));
  field.setAttribute("aria-expanded", String(all.length > 0));
  point(field, next);
  next?.scrollIntoView({ block: "nearest" });
}

// Which option is meant while the focus is in the field.
export function point(field, option) {
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.id ||= `option-${++numbers}`;
  if (field.getAttribute("aria-activedescendant") !== option.id) field.setAttribute("aria-activedescendant", option.id);
}
