// The search by name: type, choose with the arrows, Enter puts it into the basket.

import { open } from "./dialogs.js";
import { send } from "./outbox.js";

const results = () => document.getElementById("results");
const chosen = () => results().querySelector('[aria-selected="true"]');

export function find(tell) {
  const put = async (found) => {
    document.getElementById("find-dialog").close();
    tell(await send("AddLine", { sku: found.dataset.sku }));
  };
  return open(
    "find-dialog",
    () => {
      if (chosen()) put(chosen());
      return "";
    },
    (dialog) => {
      results().replaceChildren();
      results().onclick = (event) => event.target.closest(".found") && put(event.target.closest(".found"));
      dialog.onkeydown = (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) {
          event.preventDefault();
          move(step);
        }
      };
    },
  );
}

function move(step) {
  const all = [...results().querySelectorAll(".found")];
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosen()) + step))];
  for (const found of all) found.setAttribute("aria-selected", String(found === next));
  next?.scrollIntoView({ block: "nearest" });
}

addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "results") move(1);
});
