// Export to accounting systems: they are set up here, and refused documents are sent again or dismissed.

import { serve } from "./entity_form.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
serve(main, () => main.querySelector("[name=new_id]").value);

main.addEventListener("click", async ({ target }) => {
  const { again, leave, of, what } = target.dataset;
  if (!again && !leave) return;
  target.disabled = true;
  const asked = { target: of, kind: what, ref: again ?? leave };
  const answer = await sendGranted(again ? "SendBooksAgain" : "LeaveBooksDocument", asked);
  if (answer?.status === 200) return location.reload();
  document.getElementById("books-error").textContent = answer ? messageOf(answer) : "";
  target.disabled = false;
});
listen(() => {});
