// "Recognise me": one touch takes a picture and opens that person's cart here. Signing in by code is on the same screen.

import { pictured, sendPicture } from "./face_picture.js";
import { say } from "./modes.js";

const { base, lang } = document.body.dataset;
const sheet = document.getElementById("sheet");

sheet.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-face]");
  if (!button) return;
  const error = document.getElementById("sign-in-error");
  error.textContent = "";
  button.disabled = true;
  const picture = await pictured(document.getElementById("face-mirror")).catch(() => null);
  const answer = picture ? await sendPicture(`${base}/face?lang=${lang}`, picture) : null;
  button.disabled = false;
  if (answer?.status === 200) {
    const { cart, count } = answer.body;
    dispatchEvent(new CustomEvent("cart-opened", { detail: { cart, told: count ? button.dataset.done : button.dataset.empty } }));
    return;
  }
  error.textContent = answer ? (answer.body.refused ?? answer.body.error)?.message ?? answer.body.detail ?? "" : button.dataset.none;
  say(error.textContent);
});
