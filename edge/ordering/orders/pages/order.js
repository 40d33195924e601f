// An order's status: a long-running request that the box answers as soon as it changes.

import { backOff } from "./back_off.js";
import { meant } from "./dialogs.js";
import { recallModes } from "./modes.js";
import { orderEdits } from "./order_edits.js";
import "./refocus.js";

const ANSWER_MS = 40_000; // the box answers within 25 s: one that does not is away
const lost = backOff(3000, 60_000);
const path = location.pathname;
const { lang } = document.body.dataset;
const edits = orderEdits(path, lang, meant, (what) => {
  if (["address", "more", "review"].includes(what)) location.reload(); // the rest is seen by the state that comes
});

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`${path}/state?seen=${encodeURIComponent(document.body.dataset.seen)}&lang=${lang}`, { signal: AbortSignal.timeout(ANSWER_MS) });
      if (answer.status === 404) return showOver();
      if (!answer.ok) throw new Error(String(answer.status));
      const { state, html } = await answer.json();
      if (state !== document.body.dataset.seen) {
        const open = document.querySelector("#state .edit")?.open;
        document.getElementById("state").innerHTML = html;
        const page = document.getElementById("pay-page");
        if (paying && page) location.href = page.href;
        if (open) document.querySelector("#state .edit")?.setAttribute("open", "");
      }
      lost.over();
      document.body.dataset.seen = state;
      document.body.dataset.state = state.split(" ")[0];
    } catch {
      await new Promise((soon) => setTimeout(soon, lost.next()));
    }
  }
}

// A day after an order has ended, nothing of it is shown any more, not even on a page that is still open.
function showOver() {
  const { over } = document.body.dataset;
  document.getElementById("state").replaceChildren(Object.assign(document.createElement("h1"), { textContent: over }));
  document.getElementById("shown").remove();
}

// Reorder: fills the phone's cart, and lists unavailable products before going there.
async function again(button) {
  const { ok, said } = await edits.send("again", {});
  if (!ok) return;
  const error = document.getElementById("order-error");
  const there = () => (location.href = `/shop?lang=${lang}`);
  if (!said.missing.length || button.dataset.told) return there();
  button.dataset.told = "yes";
  error.textContent = `${error.dataset.missing} ${said.missing.join(", ")}`;
  setTimeout(there, 4000);
}

// Opens the payment provider's page as soon as it's ready, but only for the person who asked for it here.
let paying = false;
async function pay(button) {
  button.disabled = true;
  paying = (await edits.send("pay", {})).ok;
  button.disabled = false;
}

addEventListener("submit", (event) => {
  event.preventDefault();
  edits.submit(event.target);
});

addEventListener("click", async ({ target }) => {
  if (target.id === "again") return again(target);
  if (target.dataset.pay !== undefined) return pay(target);
  if (target.id !== "stop") return edits.click(target);
  const { ok } = await edits.send("quiet", {});
  if (ok) target.replaceWith(target.dataset.done);
});

recallModes();
follow();
