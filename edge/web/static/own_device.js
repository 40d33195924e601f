// Where the browser trusts this box, it keeps the pages that go on without a connection; what waits there is on each page.

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

// Whoever signs out is told of what is not in the books: signed in again, they send it.
addEventListener("click", (event) => {
  if (link && event.target.closest?.("[data-end=here]") && !link.hidden && !confirm(link.dataset.leaving)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

addEventListener("focus", count);
await count();
