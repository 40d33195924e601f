// The channels for the shop's messages: keys of config.toml, and a test message to oneself. All behind a PIN.

import { changes, isEmpty, undoing } from "./config_form.js";
import { meant } from "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

const room = document.getElementById("messages");
const look = document.getElementById("look");
const error = document.getElementById("messages-error");
const said = document.getElementById("messages-said");

async function show() {
  const answer = await fetchGranted("/fragments/messages");
  if (answer?.status !== 200) return;
  const open = new Set([...room.querySelectorAll("details[open]")].map((one) => one.id));
  look.parentElement.hidden = true;
  room.innerHTML = answer.text;
  for (const one of room.querySelectorAll("details")) one.open ||= open.has(one.id);
}

async function asked(method, path, body, done) {
  error.textContent = said.textContent = "";
  const answer = await askGranted(method, path, body);
  if (!answer) return false; // nobody entered the PIN
  const well = answer.status === 200;
  error.textContent = well ? "" : messageOf(answer);
  if (well && done === "kept") await show();
  if (well) said.textContent = said.dataset[done];
  return well;
}

room.addEventListener("submit", (event) => {
  event.preventDefault();
  const changed = changes(event.target);
  undoBy(...undoing(event.target, "/fragments/messages"));
  if (!isEmpty(changed)) asked("PATCH", "configuration", changed, "kept");
});

room.addEventListener("click", async ({ target }) => {
  const { test, drop, sure } = target.dataset;
  if (test) asked("POST", `notify/channels/${test}/test`, {}, "test");
  else if (target.id === "restart") asked("POST", "restart", {}, "restarting");
  else if (drop && (await meant(sure))) {
    const fields = [...target.closest("details").querySelectorAll("[name]")];
    undoBy(...undoing(target.form, "/fragments/messages", fields));
    asked("PATCH", "configuration", { values: Object.fromEntries(fields.map(({ name }) => [name, ""])) }, "kept");
  }
});

addEventListener("beforeunload", (event) => {
  const form = room.querySelector("form");
  if (form && !isEmpty(changes(form))) event.preventDefault();
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
