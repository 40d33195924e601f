// Asks before a page is left on which something was typed and not saved.

import { changedGroups } from "./rows.js";
import { changed } from "./typed.js";

let saved = false;

// What stands in the form is saved: goes on to another page.
export function goOn(address) {
  saved = true;
  location.assign(address);
}

export function minding(form) {
  const fields = () => [...form.elements].filter((field) => field.name && !field.multiple);
  addEventListener("beforeunload", (event) => {
    if (!saved && (fields().some(changed) || changedGroups(form).length)) event.preventDefault();
  });
}
