// Looks every few seconds whether the shop is reached again, and then shows the page that was asked for.

const AGAIN_MS = 5000;

async function look() {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer) location.reload();
}

document.getElementById("again").addEventListener("click", () => location.reload());
addEventListener("online", look);
setInterval(look, AGAIN_MS);
