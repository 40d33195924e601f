// Shared by voice and face recognition: proposing a person, and signing the consent.

import { messageOf, send } from "./outbox.js";

// Selects the recognised person, or adds a hidden field with their ID: only their PIN is then checked.
export function propose(form, person) {
  if (!form.elements.person) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "person" });
    form.append(field);
  }
  form.elements.person.value = person;
}

// Signing and withdrawing consent on a person's own page, which reloads or shows the error.
export function letSign(error, release, withdraw) {
  const told = (answer) => {
    if (answer?.status === 200) location.reload();
    else if (answer) error.textContent = messageOf(answer);
  };
  document.getElementById("release")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { signed } = event.target.elements;
    told(await send(release, { signed: signed.value, language: document.body.dataset.lang }));
  });
  document.getElementById("withdraw")?.addEventListener("click", async () => told(await send(withdraw, {})));
}
