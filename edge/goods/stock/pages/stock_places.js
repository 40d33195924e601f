// Stock locations.

import "./dialogs.js";
import { serve } from "./entity_form.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, undoBy } from "./toast.js";

serve(document.querySelector("main"), ({ id }) => id);

async function done(name, body) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.reload();
  else document.getElementById("places-error").textContent = answer ? messageOf(answer) : "";
}

addEventListener("change", ({ target }) => {
  const { sells: register } = target.dataset;
  if (!register) return;
  const was = [...target.options].find((option) => option.defaultSelected) ?? target.options[0];
  undoBy(command("SetSellingPlace", { register, location: was.value }), here(`[data-sells="${CSS.escape(register)}"]`));
  done("SetSellingPlace", { register, location: target.value });
});
addEventListener("click", ({ target }) => {
  if (target.dataset.label) done("PrintPlaceLabel", { location: target.dataset.label });
});

listen(() => {});
