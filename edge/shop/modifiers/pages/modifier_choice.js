// Choosing modifiers: boxes in groups that each say how many of them may be ticked (modifier_groups.html).

const groups = (form) => [...form.querySelectorAll("fieldset.modifiers")];
const ticked = (group) => [...group.querySelectorAll("input:checked")];

export const chosenIn = (form) => groups(form).flatMap((group) => ticked(group).map(({ value }) => value));

// Keeps each group within its bounds: of what may be one, the last tick takes the place of the one before; where as many
// are ticked as may be, the others wait. `then()` behind each tick.
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
      then();
    });
    hold();
  }
}

// Whether one tick was all there was to say: one group, of which one is chosen.
export function settlesAtOnce(form) {
  const [group, ...others] = groups(form);
  return Boolean(group) && !others.length && group.dataset.most === "1" && group.dataset.least === "1" && ticked(group).length === 1;
}
