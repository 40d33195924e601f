// Runs in the service worker if the browser has Background Sync: sends waiting entries even if no page is open. An open
// page sends its own. Never sends anything for anyone but the signed-in user.

import { ask, deliver } from "./kept_sending.js";
import * as store from "./kept_store.js";

const lang = new URL(location).searchParams.get("lang") ?? "";

async function sendAll() {
  const { person, register } = await store.about();
  if (person === null) return;
  const request = (method, path, body, headers = {}) => ask(lang, method, path, body, { Register: register, ...headers });
  const pack = await store.pack(person);
  const { status, body } = await request("GET", `stock/pack?since=${pack?.head ?? 0}&epoch=${pack?.epoch ?? 0}`);
  if (status === 401 || status === 403 || (status === 200 && body.person !== person)) return; // they sign in, and a page sends
  if (status !== 200 || !(await deliver(person, request, () => true))) throw new Error("the shop is not reached");
}

// If the worker fails, the browser runs it again after increasing delays.
addEventListener("sync", (event) => {
  if (event.tag !== "kept") return;
  event.waitUntil(navigator.locks.request("kept-send", { ifAvailable: true }, (lock) => lock && sendAll()));
});
