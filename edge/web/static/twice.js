// A new PIN is masked while it's typed, so it must be typed twice.

import { complain } from "./rows.js";

// Whether both match; if not, the second field says so.
export function isTwice({ pin, again }) {
  const same = pin.value === again.value;
  if (!same) complain(again, again.dataset.differ);
  return same;
}
