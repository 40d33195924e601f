// The manager's page of reviews: publish, reject with a reason, withdraw.

import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

async function decide(command, body) {
  const answer = await sendGranted(command, body);
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("review-error").textContent = messageOf(answer);
}

const reviewOf = (element) => element.closest("[data-review]").dataset.review;

addEventListener("click", async ({ target }) => {
  const { sure } = target.dataset;
  if (target.dataset.do && (!sure || (await meant(sure)))) decide(target.dataset.do, { review: reviewOf(target) });
});
addEventListener("submit", (event) => {
  if (!event.target.matches("[data-reject], [data-answer]")) return;
  event.preventDefault();
  if (event.target.matches("[data-answer]")) return decide("AnswerReview", { review: reviewOf(event.target), text: event.target.elements.text.value });
  decide("RejectReview", { review: reviewOf(event.target), reason: event.target.elements.reason.value });
});

listen(() => {});
