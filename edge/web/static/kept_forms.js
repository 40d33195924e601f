// Forms that are rendered again after every change: what was typed into forms other than the saved one is kept.

import { meant } from "./dialogs.js";
import { complain } from "./rows.js";
import { changed } from "./typed.js";

const named = ({ dataset: { form, id, name } }) => [form, id, name].join();
const ticked = (field) => field.type === "checkbox";
const isTyped = (field) => (ticked(field) ? field.checked !== field.defaultChecked : changed(field));
const fields = (form) => [...form.elements].filter(({ name }) => name);
const typed = (form) =>
  fields(form).map((field, place) => [place, field]).filter(([, field]) => isTyped(field))
    .map(([place, field]) => [place, ticked(field) ? field.checked : field.value]);

// Whether a form has unsaved input.
export const isTouched = (form) => typed(form).length > 0;

// Puts the server's new HTML into `found`. Open details stay open; `saved` is the form (or forms) whose input is saved
// and therefore dropped.
export function swap(found, text, saved) {
  const forms = () => [...found.querySelectorAll("form")];
  const done = [saved ?? []].flat();
  const kept = new Map(forms().map((form) => [named(form), done.includes(form) ? [] : typed(form)]));
  const open = new Set([...found.querySelectorAll("details[open]")].map(({ id }) => id));
  found.innerHTML = text;
  for (const one of found.querySelectorAll("details")) one.open ||= open.has(one.id);
  for (const form of forms()) for (const [place, value] of kept.get(named(form)) ?? []) put(fields(form)[place], value);
  const [first] = done;
  const again = first && forms().find((form) => named(form) === named(first));
  (again?.querySelector("[type=submit]") ?? found).focus({ preventScroll: true });
}

function put(field, value) {
  if (field) field[ticked(field) ? "checked" : "value"] = value;
}

// Serves a page of such forms: `acts` by `data-form`, commands by `data-command`. `tell` gets each answer and its form.
export function serve(found, acts, sendGranted, tell) {
  found.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      await tell(await acts[form.dataset.form](form), form);
    } catch (field) {
      complain(field, form.dataset.empty);
    }
  });
  found.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-command]");
    const { sure } = button?.dataset ?? {};
    if (button && (!sure || (await meant(sure)))) await tell(await sendGranted(button.dataset.command, JSON.parse(button.dataset.body)), button.form);
  });
}
