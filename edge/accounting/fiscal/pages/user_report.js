// Québec's user report: printed by the browser, or sent to the authority's service.

import "./dialogs.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const element = (id) => document.getElementById(id);

element("print").addEventListener("click", () => print());

element("send").addEventListener("click", async ({ target }) => {
  const { of, year, taken, refused } = target.dataset;
  const answer = await askGranted("POST", "fiscal/user-reports", { of, year: Number(year) });
  if (!answer) return;
  const told = answer.status === 200 && answer.body.taken;
  const why = answer.status === 200 ? refused.replace("{why}", answer.body.why) : messageOf(answer);
  element("sent").textContent = told ? taken : "";
  element("send-error").textContent = told ? "" : why;
});

listen(() => {});
