// The page for a second box: the machines' state, pairing and removal. Refreshed every few seconds.

import { anyOpen, meant } from "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const AGAIN_MS = 3000;
const found = document.getElementById("boxes");
const look = document.getElementById("look");
let watching = null;

async function show() {
  const answer = await fetchGranted("/fragments/boxes").catch(() => null); // it begins anew: the next look finds it
  if (answer?.status !== 200) return;
  look.parentElement.hidden = true;
  if (!found.contains(document.activeElement) && !anyOpen()) found.innerHTML = answer.text;
  watching ??= setInterval(show, AGAIN_MS);
}

// After a lost or stolen box was removed: which keys were changed here, and which a person must change elsewhere.
function tellRenewed({ passwords, is_by_systemd }) {
  const line = document.getElementById("boxes-renewed");
  const { renewed, systemd, passwords: known } = line.dataset;
  const names = passwords.length ? [`${known} ${passwords.join(", ")}`] : [];
  line.textContent = [renewed, ...(is_by_systemd ? [systemd] : []), ...names].join(" ");
  line.hidden = false;
}

async function ask(method, path, body) {
  const answer = await askGranted(method, path, body);
  if (!answer) return; // nobody entered the PIN
  if (answer.body.renewed) tellRenewed(answer.body.renewed);
  document.getElementById("boxes-error").textContent = answer.status === 200 ? "" : messageOf(answer);
  document.activeElement?.blur();
  await show();
}

// Leaving an entry out needs a reason.
async function leaveIt(id, field) {
  const reason = field.value.trim();
  if (!reason) field.focus();
  else await ask("POST", `twin/aside/${id}/leave`, { reason });
}

found.addEventListener("click", async ({ target }) => {
  const { in: lets, no, out, sure, bring, leave } = target.dataset;
  if (sure && !(await meant(sure))) return;
  if (lets) await ask("PUT", `twin/knocks/${lets}`, {});
  else if (no) await ask("DELETE", `twin/knocks/${no}`);
  else if (out) await ask("DELETE", `twin/members/${encodeURIComponent(out)}`);
  else if (bring) await ask("PUT", `twin/aside/${bring}`, {});
  else if (leave) await leaveIt(leave, target.closest("li").querySelector("[name=reason]"));
  else if (target.id === "hand-over") await ask("POST", "twin/hand-over", {});
});

look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
