// Undo of what a manager just changed (toast.js). It's refused if someone else has changed the same value since.

import { askGranted, fetchGranted } from "./grants.js";

// What the server shows there: the value of a form or field, the record behind an editable row (entity_form.js), or the
// text of anything else; null if the request failed.
export async function readShown([address, selector, attribute]) {
  const answer = await fetchGranted(address).catch(() => null);
  if (answer?.status !== 200) return null;
  const found = new DOMParser().parseFromString(answer.text, "text/html").querySelectorAll(selector);
  return [...found].map((one) => (attribute ? one.getAttribute(attribute) : stateOf(one))).join("\n");
}

function stateOf(found) {
  const form = found.matches("form") ? found : found.querySelector("form[data-entity]");
  if (form) return JSON.stringify([...form.elements].map(held));
  if (found.matches("input, select, textarea")) return String(held(found));
  return found.querySelector("[data-change]")?.dataset.change ?? found.textContent;
}

const held = ({ type, checked, value }) => (["checkbox", "radio"].includes(type) ? checked : value);

// Restores the old value. Returns "undone", "changed" if someone else changed it, or else the server's answer, if any.
export async function restore({ undo, shown, after }) {
  if (shown) {
    const now = await readShown(shown);
    if (now !== after) return now === null ? null : "changed";
  }
  let answer = null;
  for (const [method, path, body] of Array.isArray(undo[0]) ? undo : [undo]) {
    answer = await askGranted(method, path, body);
    if (!(answer?.status < 300)) return answer;
  }
  return "undone";
}
