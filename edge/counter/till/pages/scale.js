// The register's scale: its buttons, and its reading in the dialog that asks for a weight.

import { parseQuantity, shownMinor } from "./amounts.js";
import { ask, messageOf } from "./outbox.js";
import { say } from "./push.js";

const SOON_MS = 400; // so long the till has to take by itself what lies at rest on the scale

const box = () => document.getElementById("scale");

// After an update: refresh the scale in an open question.
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
  // Keep the buttons: one replaced under a finger wouldn't register the press.
  for (const name of ["data-grams", "data-state", "data-ready", "data-loaded", "hidden"]) {
    if (shown.hasAttribute(name)) there.setAttribute(name, shown.getAttribute(name));
    else there.removeAttribute(name);
  }
  for (const part of ["output", ".why"]) there.querySelector(part)?.replaceWith(shown.querySelector(part));
  tellWorth(dialog);
}

// Shows the price of the typed quantity, or of the weight on the scale, beside the unit price.
export function tellWorth(dialog) {
  const line = dialog?.querySelector("[data-per-minor]");
  if (!line) return;
  const typed = parseQuantity(dialog.querySelector('[name="value"]').value);
  const grams = typed ?? Number(dialog.querySelector("[data-scale-here] .scale")?.dataset.grams ?? 0);
  const minor = Math.round((Number(line.dataset.perMinor) * Math.max(0, grams)) / 1000);
  line.querySelector("strong bdi").textContent = grams > 0 ? shownMinor(minor) : "";
}

// Whether the till is about to answer this question itself; if it doesn't, `again` is called.
export function answers(dialog, again) {
  if (dialog.dataset.waited || !dialog.querySelector("[data-scale-here]") || !box()?.hasAttribute("data-ready")) return false;
  dialog.dataset.waited = "true";
  setTimeout(again, SOON_MS);
  return true;
}

// Returns null, or the error message.
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
