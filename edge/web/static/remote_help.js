// The bar shown on each manager page during remote help: one press ends it.

import { sendGranted } from "./grants.js";

document.addEventListener("click", async ({ target }) => {
  if (!target.matches("[data-end-help]")) return;
  const answer = await sendGranted("EndHelp", {});
  if (answer?.status === 200 && document.body.dataset.page === "support") location.reload(); // the list is made anew
});
