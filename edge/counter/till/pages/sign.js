// Signing in with a PIN pad. If the till requires it, the pad covers the till until someone has signed in.

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

// Called after each update.
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

// Leaving the manager's pages for the till ends the manager's session, but not while this page is only prerendered.
const leave = () => ask("POST", "lock", {});
if (document.querySelector("[data-leaves]")) {
  if (document.prerendering) document.addEventListener("prerenderingchange", leave, { once: true });
  else leave();
}
