// Choosing modifiers: checkboxes in groups, each with limits on how many may be ticked (modifier_groups.html).

import { shownMinor } from "./amounts.js";

const groups = (form) => [...form.querySelectorAll("fieldset.modifiers")];
const ticked = (group) => [...group.querySelectorAll("input:checked")];

export const chosenIn = (form) => groups(form).flatMap((group) => ticked(group).map(({ value }) => value));

// A modifier's price: the one for the selected size if there is one, otherwise its own.
function onTop({ dataset }, chosen) {
  const sizes = dataset.sizes.trim().split(" ");
  const place = sizes.findIndex((size, at) => at % 2 === 0 && chosen.includes(size));
  return Number(place < 0 ? dataset.minor : sizes[place + 1]);
}

// Shows each modifier's price, and the total for one item in `[data-goods-minor]` (the price without modifiers).
function tellPrices(form) {
  const chosen = chosenIn(form);
  let sum = 0;
  for (const box of form.querySelectorAll("fieldset.modifiers input")) {
    const minor = onTop(box, chosen);
    if (box.checked) sum += minor;
    const text = minor ? `+${shownMinor(minor)}` : "";
    const place = box.closest("label").querySelector("[data-on-top]");
    if (place.textContent !== text) place.textContent = text;
  }
  for (const place of form.querySelectorAll("[data-goods-minor]")) place.textContent = shownMinor(Number(place.dataset.goodsMinor) + sum);
}

// Enforces each group's limits: in a single-choice group a new tick replaces the old one; in others, unticked boxes are
// disabled once the maximum is reached. Calls `then()` after each tick.
export function minded(form, then = () => {}) {
  for (const group of groups(form)) {
    const most = Number(group.dataset.most);
    const hold = () => {
      if (most === 1) return;
      for (const box of group.querySelectorAll("input")) box.disabled = !box.checked && ticked(group).length >= most;
    };
    group.addEventListener("change", ({ target }) => {
      if (most === 1 && target.checked) for (const box of ticked(group)) box.checked = box === target;
      if (most === 1 && !target.checked && group.dataset.least === "1") target.checked = true;
      hold();
      tellPrices(form);
      then();
    });
    hold();
  }
  tellPrices(form);
}

// Whether one tick completes the dialog: a single group from which exactly one must be chosen.
export function settlesAtOnce(form) {
  const [group, ...others] = groups(form);
  return Boolean(group) && !others.length && group.dataset.most === "1" && group.dataset.least === "1" && ticked(group).length === 1;
}
