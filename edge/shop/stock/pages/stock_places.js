// Places that hold stock.

import { parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

async function done(name, body) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.reload();
  else document.getElementById("places-error").textContent = answer ? messageOf(answer) : "";
}

document.getElementById("place").addEventListener("submit", (event) => {
  event.preventDefault();
  const { id, kind } = event.target.elements;
  const given = [...event.target.querySelectorAll("[name^='names.']")].filter((input) => input.value.trim());
  const names = Object.fromEntries(given.map((input) => [input.lang, input.value.trim()]));
  const { parent, position, capacity } = event.target.elements;
  const fits = parseQuantity(capacity.value || "0");
  if (fits === null) return capacity.focus();
  const where = { parent: parent.value, position: Number(position.value || 0), capacity: fits };
  return done("SetLocation", { id: id.value, names: given.length ? names : { en: id.value }, kind: kind.value, ...where });
});

addEventListener("change", ({ target }) => {
  if (target.dataset.sells) done("SetSellingPlace", { register: target.dataset.sells, location: target.value });
});

// A place that there is: what is said of it stands in the form, and is kept under its number.
function edit({ edit: id, names, ...said }) {
  const form = document.getElementById("place");
  form.elements.id.value = id;
  for (const name of ["kind", "parent", "position", "capacity"]) form.elements[name].value = said[name];
  const known = JSON.parse(names);
  for (const field of form.querySelectorAll("[name^='names.']")) field.value = known[field.lang] ?? "";
  form.scrollIntoView({ block: "center" });
  form.elements["names.en"]?.focus();
}

addEventListener("click", ({ target }) => {
  if (target.dataset.edit) edit(target.dataset);
  if (target.dataset.label) done("PrintPlaceLabel", { location: target.dataset.label });
  if (target.dataset.retire) done("RetireLocation", { id: target.dataset.retire });
});

listen(() => {});
