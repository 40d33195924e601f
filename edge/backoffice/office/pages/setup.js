// Set-up: devices are searched for, added and tested; keys of config.toml. All behind a PIN.

import { changes, isEmpty, undoing } from "./config_form.js";
import { meant } from "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

const room = document.getElementById("setup");
const look = document.getElementById("look");
const error = document.getElementById("setup-error");
const said = document.getElementById("setup-said");
let found = [];

async function show() {
  const answer = await fetchGranted("/fragments/setup");
  if (answer?.status !== 200) return;
  look.parentElement.hidden = true;
  room.innerHTML = answer.text;
}

// Confirms only once the form was rendered again, so that nothing typed after the message is lost.
async function showKept() {
  await show();
  said.textContent = said.dataset.kept;
}

async function asked(method, path, body, done = "") {
  error.textContent = said.textContent = "";
  const answer = await askGranted(method, path, body);
  if (!answer) return null; // nobody entered the PIN
  const well = answer.status === 200;
  error.textContent = well ? "" : messageOf(answer);
  if (well && done) said.textContent = said.dataset[done];
  return well ? answer.body : null;
}

async function tryOut(name, what) {
  const body = await asked("POST", `devices/${encodeURIComponent(name)}/trial`, { what });
  if (!body) return;
  const { printing, sounded, showing, paying, net_g: grams, picture } = body.trial;
  if (printing) said.textContent = said.dataset.printing;
  else if (sounded) said.textContent = said.dataset.sounded;
  else if (showing) said.textContent = said.dataset.showing;
  else if (paying) said.textContent = said.dataset.paying;
  else if (what) said.textContent = said.dataset[what];
  else if (grams !== null) said.textContent = said.dataset.weight.replace("%", grams);
  else if (picture) {
    const image = [...room.querySelectorAll(".snapshot")].find((one) => one.dataset.of === name);
    image.src = `${picture}?at=${Date.now()}`;
    image.hidden = false;
  }
}

async function find() {
  said.textContent = said.dataset.searching;
  const body = await asked("POST", "devices/find", {});
  said.textContent = "";
  if (!body) return;
  found = body.found;
  const list = document.getElementById("found");
  document.querySelector(".which").hidden = found.length === 0;
  list.replaceChildren(...found.map(foundRow));
  if (!found.length) list.append(Object.assign(document.createElement("li"), { textContent: list.dataset.none }));
}

function foundRow({ title, where, used, proposal }, place) {
  const list = document.getElementById("found");
  const row = document.createElement("li");
  row.append(Object.assign(document.createElement("b"), { textContent: title }), " ", Object.assign(document.createElement("span"), { className: "hint", dir: "ltr", textContent: where }));
  if (used) row.append(" ", list.dataset.used.replace("%", used));
  else if (proposal) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: list.dataset.add });
    button.dataset.add = place;
    row.append(button);
  }
  return row;
}

// A payment terminal's secrets are sent once, and no page shows them again.
async function addTerminal(form) {
  const filled = (kind) => Object.fromEntries([...form.querySelectorAll(`[data-${kind}]`)].filter((one) => one.value.trim()).map((one) => [one.name, one.value.trim()]));
  const body = { driver: form.dataset.terminal, register: form.elements.register.value, options: filled("option"), secrets: filled("secret") };
  if (await asked("POST", "terminals", body)) await showKept();
}

room.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.target.dataset.terminal) return addTerminal(event.target);
  const changed = changes(event.target);
  undoBy(...undoing(event.target, "/fragments/setup"));
  if (!isEmpty(changed) && (await asked("PATCH", "configuration", changed))) await showKept();
});

room.addEventListener("click", async ({ target }) => {
  const { try: tried, what = "", remove, add, sure } = target.dataset;
  if (tried) await tryOut(tried, what);
  else if (target.id === "find") await find();
  else if (target.id === "restart") await asked("POST", "restart", {}, "restarting");
  else if (add) {
    const register = document.getElementById("for-register").value;
    if (await asked("POST", "devices", { device: found[Number(add)].proposal, register })) await showKept();
  } else if (remove && (await meant(sure))) {
    if (await asked("DELETE", `devices/${encodeURIComponent(remove)}`, {})) await showKept();
  }
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
