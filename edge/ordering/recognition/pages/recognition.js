// Voice and face hints: dates of the required assessments, switches, and the shop's own consent wording.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const COMMANDS = { voice: "SetVoiceHint", face: "SetFaceHint", customer_face: "SetCustomerFaces" };

document.querySelector("main").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { hint, wording } = form.dataset;
  const answer = hint ? await switched(form, COMMANDS[hint]) : await worded(form, wording);
  if (answer?.status === 200) location.reload();
  else if (answer) form.querySelector(".error").textContent = messageOf(answer);
});

function switched(form, command) {
  const { assessed, declared, is_on } = form.elements;
  return sendGranted(command, { is_on: is_on.checked, assessed: assessed.value, declared: declared?.value ?? "" });
}

function worded(form, means) {
  const told = [...form.querySelectorAll("textarea")].map((one) => [one.name, one.value.trim()]);
  return sendGranted("WordRelease", { means, texts: Object.fromEntries(told.filter(([, text]) => text)) });
}
listen(() => {});
