// One picture on a touch, and a name is proposed in the dialog of who signs in. The PIN follows.

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

// Why nobody was known; "": somebody was.
async function looked() {
  const picture = await pictured(document.getElementById("by-face-mirror")).catch(() => null);
  if (!picture) return button.dataset.none;
  const answer = await sendPicture("/api/v1/recognition/face", picture);
  if (answer.status !== 200) return messageOf(answer);
  propose(form, answer.body.person);
  shown.textContent = `${button.dataset.known} ${answer.body.name}`;
  return "";
}
