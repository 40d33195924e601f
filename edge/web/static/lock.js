// The button that ends the manager's session in this browser: on each page that has it, whatever else that page does.

import { ask } from "./outbox.js";

document.getElementById("lock")?.addEventListener("click", async () => {
  await ask("POST", "lock", {});
  location.reload();
});
