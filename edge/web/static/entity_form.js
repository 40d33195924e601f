// Forms for master data (edge/web/live/entity_form.py): `form[data-entity]` names the collection, `data-id` the record. Each
// control says which field it holds (`data-field`) and how it's read and filled (`data-control`).

import { parseMinor, parseQuantity, plainMinor } from "./amounts.js";
import "./dialogs.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { introduce } from "./picker.js";
import { complain } from "./rows.js";
import { here, undoBy } from "./toast.js";

// By `data-control`: how to read a control as the API takes it (null: it can't be read), and how to fill it.
export const controls = {
  text: { read: (held) => held.value.trim(), fill: (held, value) => (held.value = value) },
  product: {
    read: (held) => held.value.trim(),
    fill(held, sku) {
      held.value = sku;
      introduce(held); // what it is called stands beside it
    },
  },
  tick: { read: (held) => held.checked, fill: (held, value) => (held.checked = value) },
  money: { read: (held) => parseMinor(held.value || "0", held), fill: (held, value) => (held.value = plainMinor(value, held)) },
  number: { read: (held) => Number(held.value), fill: (held, value) => (held.value = value) },
  quantity: { read: (held) => parseQuantity(held.value || "0"), fill: (held, value) => (held.value = value ? value / 1000 : "") },
  weekdays: {
    read: (held) => [...held.querySelectorAll(":checked")].map(({ value }) => Number(value)),
    fill: (held, days) => held.querySelectorAll("input").forEach((day) => (day.checked = days.includes(Number(day.value)))),
  },
  list: {
    read: (held) => held.value.split(/[,;]/).map((one) => one.trim()).filter(Boolean),
    fill: (held, value) => (held.value = value.join(", ")),
  },
};

const holders = (form) => [...form.querySelectorAll("[data-field]")];

// An ID for a new record: the letters and digits of its name, and a number if that ID is taken.
export function keyOf(name, taken = []) {
  const plain = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 30) || `n${Date.now().toString(36)}`;
  let id = plain;
  for (let n = 2; taken.includes(id); n += 1) id = `${plain}-${n}`;
  return id;
}

// The record in a form. Throws the control that can't be read.
export function thingIn(form) {
  const thing = {};
  for (const held of holders(form)) {
    const { field, control } = held.dataset;
    if (control === "names") {
      thing[field] ??= {};
      if (held.value.trim()) thing[field][held.lang] = held.value.trim();
      continue;
    }
    thing[field] = controls[control].read(held);
    if (thing[field] === null) throw held;
  }
  const key = form.querySelector("[data-key]");
  if (key && !key.value.trim()) thing[key.dataset.field] = keyOf(Object.values(thing.names)[0] ?? "", JSON.parse(key.dataset.taken));
  return thing;
}

// Each form's record before it was changed.
const before = new WeakMap();

// The fields of a record that a form sends.
const fieldsOf = (form, thing) => Object.fromEntries(holders(form).map(({ dataset: { field } }) => [field, thing[field]]));

// Where the page shows a record: in a form of its own, or in the row with its edit button.
function shownAt(entity, id) {
  const path = CSS.escape(`${entity}/${id}`);
  return here(`form[data-entity="${CSS.escape(entity)}"][data-id="${CSS.escape(id)}"], :is(tr, li, .entry):has([data-end="${path}"])`);
}

// The record as it was: from its form, or from the row whose button ends it.
function wasIn(main, button) {
  if (button.form?.dataset.id) return before.get(button.form);
  const change = button.closest("tr, li, .entry")?.querySelector("[data-change]")?.dataset.change;
  const form = main.querySelector(`form[data-entity="${CSS.escape(button.dataset.end.replace(/\/[^/]*$/, ""))}"]`);
  return change && form ? fieldsOf(form, JSON.parse(change)) : null;
}

// Puts an existing record into a form; saving it then updates that record.
export function fill(form, thing) {
  form.dataset.id = thing.id;
  for (const held of holders(form)) {
    const { field, control } = held.dataset;
    if (control === "names") held.value = thing[field][held.lang] ?? "";
    else controls[control].fill(held, thing[field]);
  }
  before.set(form, fieldsOf(form, thing));
}

// Resets the form for a new record; the one it held stays unchanged.
function begin(form) {
  form.reset();
  for (const one of form.querySelectorAll("[data-pick]")) introduce(one);
  delete form.dataset.id;
  const error = form.querySelector(".error");
  if (error) error.textContent = "";
}

// For an existing record, shows the button that goes back to a new one, and makes its key read-only.
function show(form) {
  const known = "id" in form.dataset;
  for (const one of form.querySelectorAll("[data-new]")) one.hidden = !known;
  for (const key of form.querySelectorAll("[data-key]")) key.readOnly = known;
  for (const name of form.querySelectorAll("[data-must]")) name.required = !known;
  form.scrollIntoView({ block: "center" });
  form.querySelector("[data-field]:not([readonly])").focus({ preventScroll: true });
}

// Saves forms and ends records (`data-end`, in or beside their form): the page reloads, or the error is shown in the form's
// `.error`, else in that of `main`. `idOf` returns the id of a new record from what its form holds.
// A button with a record (`data-change`) puts it into the page's form; one in the form (`data-new`) takes it out again.
export function serve(main, idOf) {
  const tell = (answer, form) => {
    if (answer?.status === 200) location.reload();
    else (form?.querySelector(".error") ?? main.querySelector(".error")).textContent = answer ? messageOf(answer) : "";
  };
  for (const form of main.querySelectorAll("form[data-entity][data-id]")) {
    try {
      before.set(form, thingIn(form));
    } catch {
      continue; // what stands there can't be read: it is not put back either
    }
  }
  main.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.entity) return;
    event.preventDefault();
    try {
      const thing = thingIn(form);
      const { entity, id = idOf(thing) } = form.dataset;
      const path = `${entity}/${id}`;
      if (!form.dataset.id) undoBy(["DELETE", path], shownAt(entity, id));
      else if (before.has(form)) undoBy(["PUT", path, before.get(form)], shownAt(entity, id));
      // a new record never overwrites an existing one with the same id
      tell(await askGranted("PUT", path, thing, form.dataset.id ? {} : { "If-None-Match": "*" }), form);
    } catch (held) {
      complain(held);
    }
  });
  main.addEventListener("click", async ({ target }) => {
    if (target.dataset.end) {
      const was = wasIn(main, target);
      if (was) undoBy(["PUT", target.dataset.end, was], shownAt(...target.dataset.end.split(/\/(?=[^/]*$)/)));
      tell(await askGranted("DELETE", target.dataset.end), target.form);
    }
    const form = target.closest("form") ?? main.querySelector("form[data-entity]");
    if (target.dataset.change) fill(form, JSON.parse(target.dataset.change));
    else if ("new" in target.dataset) begin(form);
    else return;
    show(form);
  });
}
