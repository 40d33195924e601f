// The page for a user's second factor: each step verifies the user by PIN, and by the factor they already have.

import { complain, meant } from "./dialogs.js";
import { ask, messageOf } from "./outbox.js";
import { listen } from "./push.js";

const owner = document.getElementById("owner");
const first = document.getElementById("first");
const secret = document.getElementById("secret");
const codes = document.getElementById("codes");

const who = () => ({ pin: owner.elements.pin.value, person: owner.elements.person?.value ?? "" });

function showSecret({ picture, secret: text }) {
  document.getElementById("picture").src = picture;
  secret.querySelector("output").textContent = text;
  secret.hidden = false;
  codes.hidden = true;
  first.elements.code.focus();
}

function showCodes(list) {
  codes.querySelector("ol").replaceChildren(
    ...list.map((code) => Object.assign(document.createElement("li"), { textContent: code })),
  );
  codes.hidden = false;
  secret.hidden = true;
  owner.reset();
}

const STEPS = {
  begin: ["factor", ({ factor }) => showSecret(factor)],
  codes: ["factor/recovery-codes", ({ recovery_codes }) => showCodes(recovery_codes)],
  drop: [
    "factor/drop",
    () => {
      owner.reset();
      complain(owner, owner.querySelector("[value=drop]").dataset.done);
    },
  ],
};

owner.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { value, dataset } = event.submitter;
  if (dataset.sure && !(await meant(dataset.sure))) return;
  const [path, show] = STEPS[value];
  const answer = await ask("POST", path, {
    ...who(),
    code: owner.elements.code.value,
    password: owner.elements.password.value,
  });
  complain(owner, answer.status === 200 ? "" : messageOf(answer));
  if (answer.status === 200) show(answer.body);
});

first.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("POST", "factor/confirm", { ...who(), code: first.elements.code.value });
  complain(first, answer.status === 200 ? "" : messageOf(answer));
  if (answer.status === 200) showCodes(answer.body.recovery_codes);
});

listen(() => {});
