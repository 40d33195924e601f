// The manager's page of paired browsers, sessions and roles: shown behind a PIN, and shown anew after every change.

import { parseMinor } from "./amounts.js";
import "./dialogs.js";
import { askGranted, fetchGranted, managing, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const found = document.getElementById("found");
const look = document.getElementById("look");
const paper = document.getElementById("paper");
const made = document.getElementById("made");
const error = document.getElementById("access-error");

async function show() {
  const answer = await fetchGranted("/fragments/access");
  if (answer?.status !== 200) return;
  found.innerHTML = answer.text;
  found.focus({ preventScroll: true });
}

async function tell(answer) {
  if (!answer) return; // nobody entered the PIN
  error.textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status === 200) await show();
}

// A name that the journal may have: it says nothing but when the role was made.
const newRole = () => `r${Date.now().toString(36)}`;

function roleOf({ dataset, elements }) {
  const rights = [...elements.right].filter((box) => box.checked).map((box) => box.value);
  const typed = [...elements.most].filter((field) => field.value.trim());
  const limits = Object.fromEntries(typed.map((field) => [field.dataset.right, parseMinor(field.value)]));
  return { id: dataset.id || newRole(), name: elements.name.value, rights, limits };
}

// The only place where a key is ever shown; it stays until the page is left or another is made.
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

// Shown once, to be written down or printed for the person whose it is.
async function giveCode({ elements }) {
  const answer = await askGranted("POST", "auth/codes", { user: elements.user.value });
  if (answer?.status === 200) {
    const { code, called } = answer.body.code;
    paper.querySelector("output").textContent = code;
    paper.querySelector("[data-name]").textContent = called;
    paper.hidden = false;
    paper.scrollIntoView();
  }
  return answer;
}

const FORMS = {
  rename: ({ dataset, elements }) => sendGranted("RenamePairing", { id: dataset.id, label: elements.label.value }),
  confirm({ dataset, elements }) {
    const [kind, register, label] = ["kind", "register", "label"].map((name) => elements[name].value);
    return sendGranted("ConfirmPairing", { digits: dataset.digits, kind, register, label });
  },
  session: ({ dataset }) => askGranted("POST", "sessions/end", { id: dataset.id }),
  everywhere: ({ dataset }) => askGranted("POST", "sessions/end", { user: dataset.user }),
  code: giveCode,
  key: makeKey,
  policy: ({ dataset, elements }) => sendGranted("SetFactorPolicy", { role: dataset.id, factor: elements.factor.value }),
  role: (form) => sendGranted("SetRole", roleOf(form)),
};

found.addEventListener("submit", async (event) => {
  event.preventDefault();
  await tell(await FORMS[event.target.dataset.form](event.target));
});

found.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-command]");
  const { sure } = button?.dataset ?? {};
  if (button && (!sure || confirm(sure))) await tell(await sendGranted(button.dataset.command, JSON.parse(button.dataset.body)));
});

paper.querySelector("[data-print-page]").addEventListener("click", () => print());
look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
