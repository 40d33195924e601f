// Secrets: entered and removed behind a PIN; the page clears the input once it's answered.

import { meant } from "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

const form = document.getElementById("enter");
const found = document.getElementById("secret-list");
const look = document.getElementById("look");
const error = document.getElementById("secrets-error");
const said = document.getElementById("secrets-said");

async function show() {
  const answer = await fetchGranted("/fragments/secrets");
  if (answer?.status !== 200) return;
  look.parentElement.hidden = true;
  found.innerHTML = answer.text;
}

async function tell(answer, done) {
  if (!answer) return false; // nobody entered the PIN
  const well = answer.status === 200;
  error.textContent = well ? "" : messageOf(answer);
  said.textContent = well ? said.dataset[done] : "";
  if (well) await show();
  return well;
}

const path = (name) => `secrets/${encodeURIComponent(name.trim())}`;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, value } = form.elements;
  if (!name.value.trim()) return name.focus();
  if (!look.parentElement.hidden) await show(); // the list says whether there is one of this name
  if (!look.parentElement.hidden) return;
  const known = found.querySelector(`[data-remove="${CSS.escape(name.value.trim())}"]`);
  if (known && !(await meant(form.dataset.sure.replace("{name}", name.value.trim())))) return;
  said.textContent = "";
  if (!known) undoBy(["DELETE", path(name.value)], ["/fragments/secrets", ".secret-rows"]);
  const answer = await askGranted("PUT", path(name.value), { value: value.value });
  if (await tell(answer, "kept")) form.reset();
});

found.addEventListener("click", async ({ target }) => {
  const { enter, remove, sure } = target.dataset;
  if (enter) {
    form.elements.name.value = enter;
    form.elements.value.focus();
  } else if (remove && (await meant(sure))) await tell(await askGranted("DELETE", path(remove)), "removed");
  else if (target.id === "rotate" && (await meant(sure))) await tell(await askGranted("POST", "secrets/rotate", {}), "rotated");
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
