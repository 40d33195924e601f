// The manager's page of people, roles and sign-ins: shown behind a PIN, and shown anew after every change.

import { parseMinor } from "./amounts.js";
import "./dialogs.js";
import { askGranted, fetchGranted, managing, sendGranted } from "./grants.js";
import { serve, swap } from "./kept_forms.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain } from "./rows.js";
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
  propose();
}

// Somebody whom the page of moves proposes: everything but the PIN is filled in.
function propose() {
  const proposed = JSON.parse(sessionStorage.getItem("new-user") ?? "null");
  const form = found.querySelector('form[data-form="user"]:not([data-id])');
  if (!proposed || !form) return;
  sessionStorage.removeItem("new-user");
  for (const field of ["name", "role", "email", "phone"]) form.elements[field].value = proposed[field];
  const folded = form.closest("details");
  if (folded) folded.open = true;
  form.elements.pin.focus();
}

async function tell(answer, saved) {
  if (!answer) return; // nobody entered the PIN
  const done = answer.status === 200;
  error.textContent = done ? "" : messageOf(answer);
  if (done) await show(saved);
  else error.scrollIntoView({ block: "center" });
}

// Every word somewhere in what is known of a person: name, role, address, number.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const people = [...found.querySelectorAll(".person")];
  for (const one of people) one.hidden = !words.every((word) => one.dataset.known.toLowerCase().includes(word));
  const nobody = found.querySelector("#nobody");
  if (nobody) nobody.hidden = people.some((one) => !one.hidden);
}

// A name that the journal may have: it says nothing but when the role was made.
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

// Shown once, to be written down or printed for the person whose it is.
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

async function setUser(form) {
  if (!isTwice(form.elements)) return null;
  const [name, role, pin, email, phone, number] = ["name", "role", "pin", "email", "phone", "employee_number"].map(
    (field) => form.elements[field],
  );
  const contact = { email: email.value, phone: phone.value, employee_number: number.value };
  const body = { id: form.dataset.id ?? "", name: name.value, role: role.value, pin: pin.value, ...contact };
  const answer = await askGranted("POST", "users", body);
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
  policy: ({ dataset, elements }) => sendGranted("SetFactorPolicy", { role: dataset.id, factor: elements.factor.value }),
  role: async (form) => sendGranted("SetRole", roleOf(form)),
}, sendGranted, tell);

search.addEventListener("input", filter);
paper.querySelector("[data-print-page]").addEventListener("click", () => print());
look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
