// Speaking four words proposes a name in the sign-in dialog. The PIN is still required.

import { ask, messageOf } from "./outbox.js";
import { propose } from "./person_hint.js";
import { recorded, sendSound } from "./voice_sound.js";

const button = document.getElementById("by-voice");
const shown = document.getElementById("by-voice-words");
const form = button.closest("form");
const error = form.querySelector(".error");

button.addEventListener("click", async () => {
  error.textContent = shown.textContent = "";
  button.disabled = true;
  const why = await listened();
  button.disabled = false;
  if (why) error.textContent = why;
  form.elements.pin.focus();
});

// Why no one was recognised; "" if someone was.
async function listened() {
  const { lang } = document.body.dataset;
  const asked = await ask("POST", `recognition/voice/words?language=${lang}`, {});
  if (asked.status !== 200) return messageOf(asked);
  const { challenge, words } = asked.body;
  shown.textContent = `${button.dataset.say} ${words.join(" · ")}`;
  const sound = await recorded(words.length + 1).catch(() => null);
  shown.textContent = "";
  if (!sound) return button.dataset.none;
  const answer = await sendSound(`recognition/voice?challenge=${encodeURIComponent(challenge)}`, sound);
  if (answer.status !== 200) return messageOf(answer);
  propose(form, answer.body.person);
  shown.textContent = `${button.dataset.known} ${answer.body.name}`;
  return "";
}
