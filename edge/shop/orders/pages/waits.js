// How long each order waits, or until when it has time: by the box's clock, which is on the page.

const EVERY_MS = 10_000;
let told = ""; // the box's time as the page has it, and when that was by this machine's
let at = 0;

export function showWaits() {
  const { now } = document.querySelector("[data-now]").dataset;
  if (told !== now) [told, at] = [now, Date.now()];
  const { ahead, since } = document.querySelector("main").dataset;
  for (const small of document.querySelectorAll("[data-wanted]")) {
    const minutes = Math.trunc((Number(small.dataset.wanted) - Number(now)) / 60_000_000 - (Date.now() - at) / 60_000);
    small.textContent = (minutes > 0 ? ahead : since).replace("{minutes}", Math.abs(minutes));
  }
}

setInterval(showWaits, EVERY_MS);
