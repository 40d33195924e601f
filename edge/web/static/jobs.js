// The shop's list of jobs: cancels a job, takes an import back, or restarts one that failed.

import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";

// `complain` gets the message of a refusal.
export function watchJobs(complain) {
  addEventListener("click", async ({ target }) => {
    const { cancel, again, back, lookBack } = target.closest("[data-cancel], [data-again], [data-back], [data-look-back]")?.dataset ?? {};
    if (!cancel && !again && !back && !lookBack) return;
    const answer = await (cancel
      ? sendGranted("CancelJob", { job: Number(cancel) })
      : back || lookBack
        ? sendGranted("TakeBackImport", { job: Number(back ?? lookBack), dry_run: !back })
        : sendGranted("ImportCatalog", JSON.parse(again)));
    if (answer && answer.status !== 200) complain(messageOf(answer));
  });
}
