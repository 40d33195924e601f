// One's own face: signed for, pictured three times, taken back. A picture is sent and kept nowhere.

import "./dialogs.js";
import { pictured, sendPicture } from "./face_picture.js";
import { messageOf, send } from "./outbox.js";
import { listen } from "./push.js";

const error = document.getElementById("own-face-error");
const told = (answer) => {
  if (answer?.status === 200) location.reload();
  else if (answer) error.textContent = messageOf(answer);
};

document.getElementById("release")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { signed } = event.target.elements;
  told(await send("ReleaseFace", { signed: signed.value, language: document.body.dataset.lang }));
});

document.getElementById("withdraw")?.addEventListener("click", async () => told(await send("WithdrawFace", {})));

const look = document.getElementById("look");
const seen = document.getElementById("seen");
look?.addEventListener("click", async () => {
  error.textContent = seen.textContent = "";
  look.disabled = true;
  const picture = await pictured(document.getElementById("mirror")).catch(() => null);
  look.disabled = false;
  if (!picture) return (error.textContent = seen.dataset.none);
  const answer = await sendPicture("recognition/face/own", picture);
  if (answer.status !== 200) return (error.textContent = messageOf(answer));
  const { taken, needed } = answer.body;
  if (taken >= needed) return location.reload();
  seen.textContent = seen.dataset.taken.replace("{taken}", taken).replace("{needed}", needed);
});
listen(() => {});
