// Key figures: a chart of the days in the table beside it, and notes that explain unusual days.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { bars } from "./plots.js";
import { listen } from "./push.js";

addEventListener("click", async ({ target }) => {
  if (target.closest("[data-print]")) print();
  const { judge, kind, key, day } = target.dataset;
  if (!judge) return;
  const answer = await sendGranted("JudgeAnomaly", { kind, key, day, is_right: judge === "wrong" });
  if (answer?.status === 200) location.reload();
  else document.getElementById("judge-error").textContent = answer ? messageOf(answer) : "";
});

bars(document.querySelector(".chart"), document.getElementById("by-day"), { label: "day", value: "minor" });
listen(() => {});
