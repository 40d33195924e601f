// One sale: reprint its receipt, or print a gift receipt.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

addEventListener("click", async ({ target }) => {
  const { paper, number } = target.dataset;
  if (!paper) return;
  const answer = await sendGranted(paper, { number: Number(number) });
  document.getElementById("printed").hidden = answer?.status !== 200;
  document.getElementById("sale-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
});

listen(() => {});
