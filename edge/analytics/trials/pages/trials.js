// Trials of a promotion or price: start or stop one.

import { parseMinor } from "./amounts.js";
import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain as mark } from "./rows.js";

const { register } = document.body.dataset;
const complain = (answer) => (document.getElementById("trials-error").textContent = answer ? messageOf(answer) : "");

async function send(name, body) {
  complain(null);
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.assign(`/manager/trials?register=${encodeURIComponent(register)}`);
  else complain(answer);
}

document.querySelector("#plan form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { first, limit, ...weeks } = event.target.elements;
  const stop_at_minor = parseMinor(limit.value.trim());
  if (!(stop_at_minor > 0)) return mark(limit);
  const counts = Object.fromEntries(["weeks_on", "weeks_off", "rounds"].map((of) => [of, Number(weeks[of].value)]));
  await send("StartTrial", { ...JSON.parse(event.target.dataset.body), first: first.value, stop_at_minor, ...counts });
});

addEventListener("click", async ({ target }) => {
  const { stop, sure } = target.dataset;
  if (stop && (await meant(sure))) await send("StopTrial", { number: Number(stop) });
});
listen(() => {});
