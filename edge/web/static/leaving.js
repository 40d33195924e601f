// Asks before leaving a page with unsaved input.

import { changedGroups } from "./rows.js";
import { changed } from "./typed.js";

let saved = false;

// Goes to another page after the form was saved.
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
