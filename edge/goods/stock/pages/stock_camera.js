// The phone's camera for code fields: a [data-camera] button fills the field of its form with that ID or name. A code
// that was read is entered as a scanner would, including Enter.

import { photographed, watch } from "./camera.js";
import { open } from "./dialogs.js";
import { granted } from "./grants.js";
import { messageOf } from "./outbox.js";

// Reads the codes in a picture on the appliance. Throws its error message.
export async function codesIn(picture) {
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const headers = { "Content-Type": "application/octet-stream", "Accept-Language": lang, Register: register, Surface: "panel", Grant };
    const got = await fetch("/api/v1/inventory/scan/picture", { method: "POST", body: picture, headers });
    return { status: got.status, body: await got.json() };
  });
  if (answer?.status !== 200) throw new Error(answer ? messageOf(answer) : "");
  return answer.body;
}

const dialog = document.getElementById("camera-dialog");

function taken(field, text) {
  field.value = text;
  field.focus();
  const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
  if (field.dispatchEvent(enter)) field.form.requestSubmit();
}

async function ask(field) {
  const video = dialog.querySelector("video");
  const error = dialog.querySelector(".error");
  let stop = null;
  let over = false;
  const scan = async ({ text }) => {
    if (over) return true;
    over = true;
    dialog.close();
    navigator.vibrate?.(60);
    taken(field, text);
    return true;
  };
  const closed = open("camera-dialog");
  dialog.querySelector("[type=file]").onchange = async ({ target }) => {
    try {
      const codes = await photographed(target, codesIn);
      if (codes?.length) await scan(codes[0]);
      else if (codes) error.textContent = dialog.dataset.nothing;
    } catch (wrong) {
      error.textContent = wrong.message;
    }
  };
  try {
    stop = await watch(video, { read: codesIn, scan, failed: () => {} });
  } catch {
    error.textContent = dialog.dataset.noCamera;
  }
  video.hidden = stop === null;
  await closed;
  over = true;
  stop?.();
}

addEventListener("click", ({ target }) => {
  const button = target.closest("[data-camera]");
  if (button) ask(button.form.elements[button.dataset.camera]);
});
