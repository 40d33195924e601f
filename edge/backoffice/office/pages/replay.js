// Replays a sale: automatically, step by step, or all at once.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

const STEP_MS = 1200;
const steps = [...document.querySelectorAll("#steps > [data-step]")];
const play = document.getElementById("play");
let at = steps.length, timer = 0;

function show(until) {
  at = Math.min(until, steps.length);
  steps.forEach((step, place) => {
    step.classList.toggle("later", place >= at);
    step.classList.toggle("now", place === at - 1 && at < steps.length);
  });
  if (at === steps.length) stop();
  else steps[Math.max(at - 1, 0)].scrollIntoView({ block: "nearest" });
}

function stop() {
  clearInterval(timer);
  timer = 0;
  play.textContent = play.dataset.play;
}

play.addEventListener("click", () => {
  if (timer) return stop();
  if (at === steps.length) show(1);
  timer = setInterval(() => show(at + 1), STEP_MS);
  play.textContent = play.dataset.pause;
});
document.getElementById("next").addEventListener("click", () => {
  stop();
  show(at === steps.length ? 1 : at + 1);
});
document.getElementById("all").addEventListener("click", () => show(steps.length));
listen(() => {});
