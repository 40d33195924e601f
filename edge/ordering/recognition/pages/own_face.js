// A user's own face: sign the consent, take three pictures, withdraw. Pictures are sent, but stored nowhere.

import "./dialogs.js";
import { pictured, sendPicture } from "./face_picture.js";
import { messageOf } from "./outbox.js";
import { letSign } from "./person_hint.js";
import { listen } from "./push.js";

const error = document.getElementById("own-face-error");
letSign(error, "ReleaseFace", "WithdrawFace");

const look = document.getElementById("look");
const seen = document.getElementById("seen");
look?.addEventListener("click", async () => {
  error.textContent = seen.textContent = "";
  look.disabled = true;
  const picture = await pictured(document.getElementById("mirror")).catch(() => null);
  look.disabled = false;
  if (!picture) return (error.textContent = seen.dataset.none);
  const answer = await sendPicture("/api/v1/recognition/face/own", picture);
  if (answer.status !== 200) return (error.textContent = messageOf(answer));
  const { taken, needed } = answer.body;
  if (taken >= needed) return location.reload();
  seen.textContent = seen.dataset.taken.replace("{taken}", taken).replace("{needed}", needed);
});
if (look) look.disabled = false; // until here nobody would answer a touch
listen(() => {});
