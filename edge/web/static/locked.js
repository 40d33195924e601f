// Shown instead of a page that needs a PIN: asks for it, and then shows the page.

import "./dialogs.js";
import { granted } from "./grants.js";
import { ask as request, messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { isTwice } from "./twice.js";

const ask = async () => (await granted(async () => ({ status: 200 }))) && location.reload();
document.getElementById("unlock").addEventListener("click", ask);

// Forgotten: on the box's own screen, the recovery code from paper sets another one.
document.querySelector("#forgot form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { elements } = event.target;
  if (!isTwice(elements)) return;
  const answer = await request("POST", "pin", { pin: elements.pin.value, recovery_code: elements.recovery_code.value.trim() });
  if (answer.status === 200) return location.reload();
  document.getElementById("forgot-error").textContent = messageOf(answer);
});

listen(() => {});
ask();
