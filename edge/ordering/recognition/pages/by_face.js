// One touch takes a picture and proposes a name in the sign-in dialog. The PIN is still required.

import { pictured, sendPicture } from "./face_picture.js";
import { messageOf } from "./outbox.js";
import { propose } from "./person_hint.js";

const button = document.getElementById("by-face");
const shown = document.getElementById("by-face-name");
const form = button.closest("form");
const error = form.querySelector(".error");

button.addEventListener("click", async () => {
  error.textContent = shown.textContent = "";
  button.disabled = true;
  const why = await looked();
  button.disabled = false;
  if (why) error.textContent = why;
  form.elements.pin.focus();
});

// Why no one was recognised; "" if someone was.
async function looked() {
  const picture = await pictured(document.getElementById("by-face-mirror")).catch(() => null);
  if (!picture) return button.dataset.none;
  const answer = await sendPicture("/api/v1/recognition/face", picture);
  if (answer.status !== 200) return messageOf(answer);
  propose(form, answer.body.person);
  shown.textContent = `${button.dataset.known} ${answer.body.name}`;
  return "";
}
