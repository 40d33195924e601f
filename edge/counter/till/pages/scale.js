// The register's scale: its buttons, and what it shows in the dialog that asks how much it is.

import { parseQuantity, shownMinor } from "./amounts.js";
import { ask, messageOf } from "./outbox.js";
import { say } from "./push.js";

const SOON_MS = 400; // so long the till has to take by itself what lies at rest on the scale

const box = () => document.getElementById("scale");

// After fragments were put in place: an open question shows the scale as it is now.
export function mirror(dialog) {
  const place = dialog?.querySelector("[data-scale-here]");
  if (!place || !box()) return;
  const shown = box().cloneNode(true);
  shown.removeAttribute("id");
  const there = place.firstElementChild;
  if (there?.querySelectorAll("button").length !== shown.querySelectorAll("button").length) {
    place.replaceChildren(shown);
    return tellWorth(dialog);
  }
  // The buttons stay: what is taken away under a finger is not pressed.
  for (const name of ["data-grams", "data-state", "data-ready", "data-loaded", "hidden"]) {
    if (shown.hasAttribute(name)) there.setAttribute(name, shown.getAttribute(name));
    else there.removeAttribute(name);
  }
  for (const part of ["output", ".why"]) there.querySelector(part)?.replaceWith(shown.querySelector(part));
  tellWorth(dialog);
}

// What so much of it costs, beside the price of a unit: of what was typed, else of what lies on the scale.
export function tellWorth(dialog) {
  const line = dialog?.querySelector("[data-per-minor]");
  if (!line) return;
  const typed = parseQuantity(dialog.querySelector('[name="value"]').value);
  const grams = typed ?? Number(dialog.querySelector("[data-scale-here] .scale")?.dataset.grams ?? 0);
  const minor = Math.round((Number(line.dataset.perMinor) * Math.max(0, grams)) / 1000);
  line.querySelector("strong bdi").textContent = grams > 0 ? shownMinor(minor) : "";
}

// Whether the till itself is about to answer this question; `again` is called where it did not.
export function answers(dialog, again) {
  if (dialog.dataset.waited || !dialog.querySelector("[data-scale-here]") || !box()?.hasAttribute("data-ready")) return false;
  dialog.dataset.waited = "true";
  setTimeout(again, SOON_MS);
  return true;
}

// Gives null, or what is wrong.
export async function weigh(question) {
  const answer = await ask("POST", "scale/weigh", { question });
  return answer.status === 200 ? null : messageOf(answer);
}

addEventListener("click", async (event) => {
  const button = event.target.closest("[data-scale]");
  if (!button) return;
  const { scale, grams } = button.dataset;
  const answer = await ask("POST", `scale/${scale}`, grams ? { grams: Number(grams) } : {});
  if (answer.status === 200) return;
  const line = button.closest("dialog")?.querySelector(".error");
  if (line) line.textContent = messageOf(answer);
  else say(messageOf(answer));
});
