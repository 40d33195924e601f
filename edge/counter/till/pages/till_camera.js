// The camera of a phone used as a till: adds whatever it sees to the basket, one after the other, until it is switched
// off. While a dialog is open, it reads codes only if the dialog asks for one.

import { photographed, watch } from "./camera.js";
import { codeField, takes } from "./counter.js";
import { show } from "./desk.js";
import { anyOpen } from "./dialogs.js";
import { ask, messageOf } from "./outbox.js";
import { put } from "./scan.js";

const IDLE_MS = 120_000; // a camera that nobody holds anything before goes off: it eats the phone's battery
const place = document.getElementById("seen");
const video = place.querySelector("video");
const says = place.querySelector(".error");
let turn = 0; // the camera that is on; those of earlier turns are over, also where they come on late
let stop = null;
let idle = 0;
let asked = false; // a dialog asks for a code

async function read(picture) {
  const answer = await ask("POST", "scan/picture", picture);
  if (answer.status !== 200) throw new Error(messageOf(answer));
  return answer.body;
}

// The product may already be in front of the camera when a dialog starts asking for a code.
function begins() {
  const before = asked;
  asked = codeField() !== null;
  return asked && !before;
}

function stayOn() {
  clearTimeout(idle);
  idle = setTimeout(off, IDLE_MS);
}

function off() {
  turn += 1;
  clearTimeout(idle);
  stop?.();
  stop = null;
  place.hidden = video.hidden = true;
  for (const button of document.querySelectorAll('[data-act="camera"]')) button.setAttribute("aria-pressed", "false");
}

// Whether the code was used; if not, it's tried again while it stays in view.
async function taken({ text, symbology }, tell) {
  if (anyOpen()) return takes(text);
  stayOn();
  navigator.vibrate?.(60);
  tell(await put(text, null, symbology));
  return true; // what the till refused it has said: the same again would be refused again
}

// Switches the camera on, or off if it's on.
export async function camera(tell) {
  if (!place.hidden) return off();
  const mine = ++turn;
  show("basket");
  place.hidden = false;
  says.textContent = "";
  for (const button of document.querySelectorAll('[data-act="camera"]')) button.setAttribute("aria-pressed", "true");
  place.querySelector("[type=file]").onchange = ({ target }) => photograph(target, tell);
  stayOn();
  try {
    const failed = (error) => mine === turn && (says.textContent = error.message);
    const ends = await watch(video, { read, scan: (code) => mine === turn && taken(code, tell), failed, anew: begins });
    if (mine !== turn) return ends?.();
    stop = ends;
    video.hidden = ends === null;
  } catch {
    if (mine === turn) says.textContent = place.dataset.noCamera;
  }
}

async function photograph(field, tell) {
  try {
    const codes = await photographed(field, read);
    if (codes === null) return;
    says.textContent = codes.length ? "" : place.dataset.nothing;
    for (const code of codes) await taken(code, tell);
  } catch (error) {
    says.textContent = error.message;
  }
}

// Don't keep filming while the user looks at something else.
addEventListener("visibilitychange", () => document.hidden && !place.hidden && off());
addEventListener("click", ({ target }) => target.closest("[data-desk]") && !place.hidden && off());
