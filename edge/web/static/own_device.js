// Where the browser trusts this box, keeps the offline pages; every page shows how many entries are waiting.

import { meant } from "./dialogs.js";
import { waiting } from "./kept_store.js";

const { lang } = document.documentElement;
const sync = "SyncManager" in globalThis ? { address: "&sync=1", type: "module" } : { address: "", type: "classic" };
navigator.serviceWorker?.register(`/service-worker.js?lang=${lang}${sync.address}`, { updateViaCache: "none", type: sync.type }).catch(() => {});

const link = document.getElementById("kept-here"); // on the pages of the manager's frame
async function count() {
  if (!link) return;
  const many = globalThis.indexedDB && isSecureContext ? await waiting().catch(() => 0) : 0;
  link.hidden = !many;
  link.querySelector("b").textContent = String(many);
  if (navigator.setAppBadge) (many ? navigator.setAppBadge(many) : navigator.clearAppBadge()).catch(() => {});
}

// Warns a user who signs out about entries not sent yet: they are sent once they sign in again.
let leaves = false;
addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-end=here]");
  if (!link || link.hidden || !button || leaves) return;
  event.preventDefault();
  event.stopPropagation();
  leaves = await meant(link.dataset.leaving);
  if (leaves) button.click();
}, true);

addEventListener("focus", count);
await count();
