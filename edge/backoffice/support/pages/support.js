// Support: answers head office's requests, and allows access for some hours and remote help for one.

import "./dialogs.js";
import "./files.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");

async function send(name, body) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("support-error").textContent = messageOf(answer);
}

main.addEventListener("click", ({ target }) => {
  const { case: id, shown } = target.closest("[data-case]")?.dataset || {};
  if ("agree" in target.dataset) void send("AgreeSupport", { case: id, digest: shown });
  else if ("beginHelp" in target.dataset) void send("BeginHelp", {});
  else if ("decline" in target.dataset) void send("DeclineSupport", { case: id });
});

document.getElementById("leave").addEventListener("submit", (event) => {
  event.preventDefault();
  void send("AllowSupport", { hours: Number(event.target.elements.hours.value) });
});
listen(() => {});
