// How products are taxed: a place with its legal rates, or tax classes with their rates. Written into config.toml.

import "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

const room = document.getElementById("taxes");
const look = document.getElementById("look");
const error = document.getElementById("taxes-error");
const said = document.getElementById("taxes-said");

let before = null; // what config.toml says: saving it again undoes a change
async function show() {
  const answer = await fetchGranted("/fragments/taxes");
  if (answer?.status !== 200) return;
  look.parentElement.hidden = true;
  room.innerHTML = answer.text;
  before = typed(document.getElementById("tax-form"));
}

const valueIn = (place, name) => place.querySelector(`[name=${name}]`).value.trim();

function typed({ elements: { place, inclusive, rounding } }) {
  const classes = [...room.querySelectorAll("#classes .class")].map((row) => ({
    id: valueIn(row, "id"),
    rates: [...row.querySelectorAll(".rate")]
      .map((rate) => ({ name: valueIn(rate, "name"), percent: valueIn(rate, "percent").replace(",", ".") }))
      .filter(({ name, percent }) => name || percent),
  }));
  return { place: place.value, inclusive: inclusive.value === "true", rounding: rounding.value, classes: place.value ? [] : classes };
}

room.addEventListener("submit", async (event) => {
  event.preventDefault();
  error.textContent = said.textContent = "";
  undoBy(["PUT", "configuration/taxes", before], ["/fragments/taxes", "#tax-form"]);
  const answer = await askGranted("PUT", "configuration/taxes", typed(event.target));
  if (!answer) return;
  error.textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status !== 200) return;
  await show();
  said.textContent = said.dataset.kept;
});

room.addEventListener("change", ({ target }) => {
  if (target.name === "place") document.getElementById("own").hidden = target.value !== "";
});

room.addEventListener("click", ({ target }) => {
  if (target.id === "add-class") {
    const list = document.getElementById("classes");
    list.append(document.getElementById("a-class").content.cloneNode(true));
    list.lastElementChild.querySelector("[name=id]").focus();
  } else if ("drop" in target.dataset) target.closest(".class").remove();
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
