// A PIN that nobody sees while it is typed is typed twice.

import { complain } from "./rows.js";

// Whether both are the same; else the second field says that they are not.
export function isTwice({ pin, again }) {
  const same = pin.value === again.value;
  if (!same) complain(again, again.dataset.differ);
  return same;
}
