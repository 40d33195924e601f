// The alerts page: kept up to date while it's open, and lets users acknowledge alerts.

import "./dialogs.js";
import { fetchGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, undoBy } from "./toast.js";

const rows = document.getElementById("alert-rows");
const mark = () => document.getElementById("alert-mark")?.dataset.mark;
let shown = mark();

async function again() {
  shown = mark();
  const got = await fetchGranted(`/fragments/alerts${location.search || "?"}`);
  if (got?.status !== 200) return;
  const unfolded = rows.querySelector(".later")?.open;
  rows.innerHTML = got.text;
  if (unfolded) rows.querySelector(".later")?.setAttribute("open", "");
}

const ACTS = {
  acknowledge(id) {
    undoBy(command("UnacknowledgeAlert", { id }));
    return sendGranted("AcknowledgeAlert", { id });
  },
  giveBack: (id) => sendGranted("UnacknowledgeAlert", { id }),
  done: (id) => sendGranted("CloseAlert", { id }),
};

rows.addEventListener("click", async ({ target }) => {
  const act = Object.keys(ACTS).find((name) => target.dataset[name]);
  if (!act) return;
  target.disabled = true;
  const answer = await ACTS[act](Number(target.dataset[act]));
  target.disabled = false;
  document.getElementById("alerts-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  if (answer) again();
});
document.querySelector(".filters").addEventListener("change", ({ currentTarget }) => currentTarget.submit());
listen(() => {
  if (mark() !== shown) again();
});
