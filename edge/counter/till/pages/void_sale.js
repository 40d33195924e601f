// Voiding the last sale: the dialog shows which one, and how the money goes back, before asking for confirmation.

import { open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { beep } from "./sound.js";
import { settled } from "./sure.js";

const place = () => document.getElementById("void-sale");

export function voidSale() {
  const closed = open("void-sale-dialog", submit, (dialog) => {
    place().replaceChildren();
    button(dialog).disabled = true;
  });
  load(place().closest("dialog"));
  return closed;
}

const button = (dialog) => dialog.querySelector('[type="submit"]');

async function load(dialog) {
  const { lang, register } = document.body.dataset;
  const answer = await fetch(`/fragments/void?${new URLSearchParams({ lang, register })}`).catch(() => null);
  if (!answer?.ok) return beep();
  place().innerHTML = await answer.text(); // rendered by our own server, with everything in it escaped
  button(dialog).disabled = place().querySelector("[data-refused]") !== null;
  (place().querySelector("input") ?? dialog.querySelector("[data-close]")).focus();
}

async function submit(form) {
  const number = Number(place().querySelector("[data-number]").dataset.number);
  return settled(await sendGranted("VoidLastSale", { reason: form.get("reason"), number }));
}
