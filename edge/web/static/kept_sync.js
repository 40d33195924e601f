// In the worker of a browser that has Background Sync: what waits is sent also when no page is open. A page that is open
// sends itself. Nothing is sent for somebody else than who is signed in.

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

// A browser whose worker fails here comes again, later each time.
addEventListener("sync", (event) => {
  if (event.tag !== "kept") return;
  event.waitUntil(navigator.locks.request("kept-send", { ifAvailable: true }, (lock) => lock && sendAll()));
});
