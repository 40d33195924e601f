// The manager's page for users, roles and sign-ins: shown behind a PIN, and rendered again after every change.

import { parseMinor } from "./amounts.js";
import "./dialogs.js";
import { askGranted, fetchGranted, managing, sendGranted } from "./grants.js";
import { serve, swap } from "./kept_forms.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain } from "./rows.js";
import { toast, undoBy } from "./toast.js";
import { isTwice } from "./twice.js";

const found = document.getElementById("found");
const look = document.getElementById("look");
const paper = document.getElementById("paper");
const error = document.getElementById("users-error");
const search = document.getElementById("search");

async function show(saved) {
  const answer = await fetchGranted("/fragments/users");
  if (answer?.status !== 200) return;
  swap(found, answer.text, saved);
  look.closest("section").hidden = true;
  search.closest("section").hidden = !found.querySelector(".person");
  filter();
}

async function tell(answer, saved) {
  if (!answer) return; // nobody entered the PIN
  const done = answer.status === 200;
  error.textContent = done ? "" : messageOf(answer);
  if (done) await show(saved);
  else error.scrollIntoView({ block: "center" });
}

// Shows the people whose details (name, role, address, number) contain every word.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const people = [...found.querySelectorAll(".person")];
  for (const one of people) one.hidden = !words.every((word) => one.dataset.known.toLowerCase().includes(word));
  const nobody = found.querySelector("#nobody");
  if (nobody) nobody.hidden = people.some((one) => !one.hidden);
}

// An id that may be in the journal: it reveals nothing but when the role was made.
const newRole = () => `r${Date.now().toString(36)}`;

function roleOf({ dataset, elements }) {
  const rights = [...elements.right].filter((box) => box.checked).map((box) => box.value);
  const limits = {};
  for (const field of [...elements.most].filter(({ value }) => value.trim())) {
    const minor = parseMinor(field.value);
    if (minor === null) throw field;
    limits[field.dataset.right] = minor;
  }
  return { id: dataset.id || newRole(), name: elements.name.value, rights, limits };
}

// The form of a role or user as the server rendered it, without unsaved input.
function saidBy(form) {
  const asMade = form.cloneNode(true);
  asMade.reset();
  return asMade;
}

// Where the page shows the saved form: see `toast`.
const formOf = (kind, id) => ["/fragments/users", `form[data-form="${kind}"][data-id="${CSS.escape(id)}"]`];

const setsRole = (form) => ["POST", "commands/SetRole", roleOf(saidBy(form))];

async function setRole(form) {
  const role = roleOf(form);
  undoBy(form.dataset.id ? setsRole(form) : ["POST", "commands/RetireRole", { id: role.id }], formOf("role", role.id));
  return sendGranted("SetRole", role);
}

function setPolicy({ dataset: { id: role }, elements: { factor } }) {
  const was = [...factor.options].find(({ defaultSelected }) => defaultSelected) ?? factor.options[0];
  undoBy(["POST", "commands/SetFactorPolicy", { role, factor: was.value }], formOf("policy", role));
  return sendGranted("SetFactorPolicy", { role, factor: factor.value });
}

// A button of the page: a removed role can be restored; a removed user or PIN can't.
function press(name, body) {
  if (name === "RetireRole") undoBy(setsRole(found.querySelector(formOf("role", body.id)[1])), formOf("role", body.id));
  return sendGranted(name, body);
}

// Shown once, to be written down or printed for its owner.
async function giveCode({ dataset }) {
  const answer = await askGranted("POST", "auth/codes", { user: dataset.id });
  if (answer?.status === 200) {
    const { code, called } = answer.body.code;
    paper.querySelector("output").textContent = code;
    paper.querySelector("[data-name]").textContent = called;
    paper.hidden = false;
    paper.scrollIntoView();
  }
  return answer;
}

const FIELD_OF = { phone_invalid: "phone", email_invalid: "email", user_email_taken: "email" };
const NUMBER = /^(user_)?employee_number_/;

function userOf({ dataset, elements }) {
  const fields = ["name", "role", "pin", "email", "phone", "employee_number"].map((name) => [name, elements[name].value]);
  return { id: dataset.id ?? "", ...Object.fromEntries(fields) };
}

async function setUser(form) {
  if (!isTwice(form.elements)) return null;
  const [body, was] = [userOf(form), userOf(saidBy(form))];
  const answer = await askGranted("POST", "users", body);
  if (answer?.status === 200) toast("saved", body.id && !body.pin ? ["POST", "users", was] : null, formOf("user", body.id)); // a PIN isn't known any more
  const code = answer?.body.refused?.code ?? "";
  const field = form.elements[NUMBER.test(code) ? "employee_number" : FIELD_OF[code]];
  if (!field) return answer;
  complain(field, messageOf(answer));
  return null;
}

serve(found, {
  user: setUser,
  session: ({ dataset }) => askGranted("POST", "sessions/end", { id: dataset.id }),
  everywhere: ({ dataset }) => askGranted("POST", "sessions/end", { user: dataset.id }),
  code: giveCode,
  policy: setPolicy,
  role: setRole,
}, press, tell);

search.addEventListener("input", filter);
paper.querySelector("[data-print-page]").addEventListener("click", () => print());
look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
