// Checks every few seconds whether the shop can be reached again, and then shows the requested page.

import { about } from "./kept_store.js";

const AGAIN_MS = 5000;

async function look() {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer) location.reload();
}

document.getElementById("again").addEventListener("click", () => location.reload());
addEventListener("online", look);
setInterval(look, AGAIN_MS);
document.getElementById("away").hidden = (await about().catch(() => ({ person: null }))).person === null;
