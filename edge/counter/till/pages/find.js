// Product search: type, choose with the arrow keys, Enter adds it to the basket. If Enter is pressed before the results
// arrive, it uses those for the whole text, not those for its first letters.

import { choose, chosenIn } from "./choosing.js";
import { open } from "./dialogs.js";
import { send } from "./outbox.js";

const results = () => document.getElementById("results");
const chosen = () => chosenIn(results());
const isFor = (text) => results().querySelector("[data-for]")?.dataset.for === text;
let late = null; // what is to be done once the answer to all that was typed is there

// `text`: text already typed.
export function find(tell, text) {
  const put = async (found) => {
    document.getElementById("find-dialog").close();
    tell(await send("AddLine", { sku: found.dataset.sku }));
  };
  return open(
    "find-dialog",
    (form) => {
      const text = form.get("text");
      late = () => isFor(text) && chosen() && put(chosen());
      if (isFor(text)) late();
      return "";
    },
    (dialog) => {
      late = null;
      results().replaceChildren();
      begin(dialog.querySelector("input"), text);
      dialog.oninput = () => (late = null);
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

function begin(field, text) {
  field.value = text;
  if (text) field.dispatchEvent(new Event("input", { bubbles: true }));
}

const move = (step) => choose(document.querySelector("#find-dialog input"), results(), step);

addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "results") return;
  move(1);
  late?.();
});
