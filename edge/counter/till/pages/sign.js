// Who stands here: a pad for PINs. Where nobody may sell without one it lies over the till until somebody has signed in.

import { complain } from "./dialogs.js";
import { saysNameFirst } from "./grants.js";
import { ask, messageOf } from "./outbox.js";

const dialog = document.getElementById("sign-dialog");
const form = dialog.querySelector("form");
const who = () => document.getElementById("signed_in");
const pin = form.elements.pin;

export function signIn() {
  if (dialog.open) return;
  form.reset();
  complain(form, "");
  dialog.querySelector("[data-close]").hidden = needed();
  document.querySelector(".till").inert = true;
  dialog.show(); // not modal: languages and alerts stay within reach
  pin.focus();
}

export const signOut = () => ask("POST", "sign-out");

// After fragments were put in place.
export function heed() {
  if (needed()) signIn();
  else if (dialog.open && dialog.querySelector("[data-close]").hidden) dialog.close();
}

const needed = () => who().dataset.needed !== undefined;

dialog.addEventListener("close", () => (document.querySelector(".till").inert = false));
dialog.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit]");
  if (!key) return;
  const { digit } = key.dataset;
  pin.value = digit ? (pin.value + digit).slice(0, 12) : pin.value.slice(0, -1);
  pin.focus();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.ariaBusy = "true";
  const answer = await ask("POST", "sign-in", { pin: pin.value, person: form.elements.person?.value ?? "" });
  form.ariaBusy = "false";
  pin.value = "";
  if (saysNameFirst(answer, form)) return location.reload();
  if (answer.status !== 200) return complain(form, messageOf(answer));
  delete who().dataset.needed; // the name follows by push
  dialog.close();
});

// Whoever comes here from the manager's pages has left these. The page says so, as a browser may fetch it ahead.
const leave = () => ask("POST", "lock", {});
if (document.querySelector("[data-leaves]")) {
  if (document.prerendering) document.addEventListener("prerenderingchange", leave, { once: true });
  else leave();
}
