// Enrolling the customer's face: three pictures, each at a touch. Pictures are sent, but stored nowhere.

import { pictured, sendPicture } from "./face_picture.js";

const { lang } = document.body.dataset;

addEventListener("click", async ({ target }) => {
  const look = target.closest("#face-look");
  if (!look) return;
  const seen = document.getElementById("face-seen");
  seen.textContent = "";
  look.disabled = true;
  const picture = await pictured(document.getElementById("face-mirror")).catch(() => null);
  const answer = picture ? await sendPicture(`/me/face/picture?lang=${lang}`, picture) : null;
  look.disabled = false;
  if (!answer) seen.textContent = seen.dataset.none;
  else if (answer.status === 401) location.reload();
  else if (answer.status !== 200) seen.textContent = (answer.body.refused ?? answer.body.error)?.message ?? answer.body.detail ?? "…";
  else if (answer.body.taken >= answer.body.needed) location.reload();
  else seen.textContent = seen.dataset.taken.replace("{taken}", answer.body.taken).replace("{needed}", answer.body.needed);
});
