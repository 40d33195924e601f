// The manager's page for paired browsers and API keys: shown behind a PIN, and rendered again after every change.

import "./dialogs.js";
import { askGranted, fetchGranted, managing, sendGranted } from "./grants.js";
import { serve, swap } from "./kept_forms.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, undoBy } from "./toast.js";

const found = document.getElementById("found");
const look = document.getElementById("look");
const made = document.getElementById("made");
const error = document.getElementById("access-error");

async function show(saved) {
  const answer = await fetchGranted("/fragments/access");
  if (answer?.status !== 200) return;
  swap(found, answer.text, saved);
  look.closest("section").hidden = true;
}

async function tell(answer, saved) {
  if (!answer) return; // nobody entered the PIN
  error.textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status === 200) await show(saved);
}

// The only place where a key is ever shown; it stays until the page is left or another key is made.
async function makeKey({ elements }) {
  const rights = [...elements.right].filter((box) => box.checked).map((box) => box.value);
  const [name, register, days] = ["name", "register", "days"].map((field) => elements[field].value);
  const answer = await askGranted("POST", "keys", { name, rights, register, days: Number(days) });
  if (answer?.status === 200) {
    made.querySelector("output").textContent = answer.body.key.bearer;
    made.hidden = false;
    made.scrollIntoView();
  }
  return answer;
}

const FORMS = {
  rename({ dataset: { id }, elements: { label } }) {
    const shown = ["/fragments/access", `[data-form="rename"][data-id="${CSS.escape(id)}"]`];
    if (label.defaultValue) undoBy(command("RenamePairing", { id, label: label.defaultValue }), shown);
    return sendGranted("RenamePairing", { id, label: label.value });
  },
  confirm({ dataset, elements }) {
    const [kind, register, label] = ["kind", "register", "label"].map((name) => elements[name].value);
    return sendGranted("ConfirmPairing", { digits: dataset.digits, kind, register, label });
  },
  key: makeKey,
};

serve(found, FORMS, sendGranted, tell);
look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
