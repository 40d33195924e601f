// The box's certificate: renew it, use a custom one, and go back to the box's own.

import { meant } from "./dialogs.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { toast } from "./toast.js";

async function ask(method, path, body, line) {
  const answer = await askGranted(method, path, body);
  if (!answer) return; // nobody entered the PIN
  document.getElementById(line).textContent = answer.status === 200 ? "" : messageOf(answer);
  if (answer.status !== 200) return;
  if (method === "POST") toast("done");
  location.reload();
}

const textOf = (field) => field.files[0].text();

document.getElementById("renew")?.addEventListener("click", () => ask("POST", "certificate/renewal", {}, "state-error"));
document.getElementById("own")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { chain, key } = event.target.elements;
  await ask("PUT", "certificate", { chain: await textOf(chain), key: await textOf(key) }, "own-error");
});
document.getElementById("remove")?.addEventListener("click", async ({ target }) => {
  if (await meant(target.dataset.sure)) await ask("DELETE", "certificate", {}, "own-error");
});
listen(() => {});
