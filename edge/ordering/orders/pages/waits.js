// How long each order has been waiting, or how much time is left, by the box's clock, which the page receives.

const EVERY_MS = 10_000;
const IN_MINUTES = 120; // beyond them nobody counts in minutes
const AHEAD_MIN = 30; // the bar of an order begins to fill so long before it is wanted
let told = ""; // the box's time as the page has it, and when that was by this machine's
let at = 0;

export function showWaits() {
  const { now } = document.querySelector("[data-now]").dataset;
  if (told !== now) [told, at] = [now, Date.now()];
  const { ahead, since, aheadHours, sinceHours } = document.querySelector("main").dataset;
  for (const small of document.querySelectorAll("[data-wanted]")) {
    const minutes = Math.trunc((Number(small.dataset.wanted) - Number(now)) / 60_000_000 - (Date.now() - at) / 60_000);
    const [far, hours] = [Math.abs(minutes), Math.round(Math.abs(minutes) / 60)];
    const [short, long] = minutes > 0 ? [ahead, aheadHours] : [since, sinceHours];
    const share = minutes > 0 ? 1 - Math.min(1, minutes / AHEAD_MIN) : 1;
    small.closest(".ticket")?.style.setProperty("--waited", `${Math.round(100 * share)}%`);
    small.textContent = far < IN_MINUTES ? short.replace("{minutes}", far) : long.replace("{hours}", hours);
  }
}

setInterval(showWaits, EVERY_MS);
