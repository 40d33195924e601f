// What is the same of a voice and of a face: who is proposed, and what one signs for oneself.

import { messageOf, send } from "./outbox.js";

// Whoever is known is chosen, or stands in a field of their own: their PIN is compared, and nobody else's.
export function propose(form, person) {
  if (!form.elements.person) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "person" });
    form.append(field);
  }
  form.elements.person.value = person;
}

// What is signed on one's own page, and taken back: the page says what came of it.
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
