// Commands that need the manager's PIN: asked for once, then held for as long as it is valid here. At the till the page
// holds what it gave; on the manager's pages the browser does, for all of them.

import { open } from "./dialogs.js";
import { ask, messageOf } from "./outbox.js";
import { sendSure } from "./sure.js";

let grant = null;

// The answer to a command that needs the PIN; null if nobody entered it.
export const sendGranted = (name, body) => granted((grant) => sendSure(name, body, grant));

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
    if (grant === null && !managing() && !(await enterPin())) return null;
    const answer = await request(grant ?? "");
    if (answer?.status !== 403) return answer;
    grant = null;
    document.body.toggleAttribute("data-managing", false);
  }
}

export const managing = () => document.body.hasAttribute("data-managing");

async function enterPin() {
  const atTill = document.body.dataset.page === "cashier";
  await open("pin-dialog", async (form) => {
    const answer = await ask("POST", "grants", { pin: form.get("pin") });
    if (answer.status !== 200) return messageOf(answer) || "…";
    if (atTill) grant = answer.body.grant.token;
    else document.body.toggleAttribute("data-managing", true);
    return null;
  });
  return grant !== null || managing();
}

document.getElementById("lock")?.addEventListener("click", async () => {
  await ask("POST", "lock", {});
  location.reload();
});
