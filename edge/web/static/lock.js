// The button that ends the manager's session in this browser, for every page that has one.

import { ask } from "./outbox.js";

document.getElementById("lock")?.addEventListener("click", async () => {
  await ask("POST", "lock", {});
  location.reload();
});
