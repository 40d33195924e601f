// Commands that need the manager's PIN: asked for once, then held for as long as it is valid here.

import { open } from "./dialogs.js";
import { ask, messageOf, send } from "./outbox.js";

let grant = null;

// The answer to a command that needs the PIN; null if nobody entered it.
export const sendGranted = (name, body) => granted((grant) => send(name, body, grant));

// The same for any other request to the API.
export const askGranted = (method, path, body, headers = {}) =>
  granted((Grant) => ask(method, path, body, { ...headers, Grant }));

// A page or a piece of one.
export function fetchGranted(address) {
  const { register, lang } = document.body.dataset;
  return granted(async (Grant) => {
    const joint = address.includes("?") ? "&" : "?";
    const got = await fetch(`${address}${joint}lang=${lang}`, { headers: { Register: register, Surface: "panel", Grant } });
    return { status: got.status, text: await got.text() };
  });
}

export async function granted(request) {
  for (;;) {
    if (grant === null && !(await enterPin())) return null;
    const answer = await request(grant);
    if (answer.status !== 403) return answer;
    grant = null;
  }
}

async function enterPin() {
  await open("pin-dialog", async (form) => {
    const answer = await ask("POST", "grants", { pin: form.get("pin") });
    grant = answer.body.grant?.token ?? null;
    return grant ? null : messageOf(answer) || "…";
  });
  return grant !== null;
}
