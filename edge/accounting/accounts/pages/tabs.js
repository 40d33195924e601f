// Tabs: resume one at this register, put it on the customer's account straight away, or charge their stored card.

import { meant, tell } from "./dialogs.js";
import { messageOf, send } from "./outbox.js";
import { listen } from "./push.js";
import { sendSure } from "./sure.js";

const error = document.querySelector("#tabs > .error");
const counter = () => `/?register=${encodeURIComponent(document.body.dataset.register)}`;

// Warns if another register has it open. For a tab older than a day, the till asks which prices apply.
async function take(id) {
  const answer = await send("TakeBasketUp", { id });
  if (answer.body.refused?.code === "parked_with" && (await meant(messageOf(answer)))) return send("TakeBasketUp", { id, take_over: true });
  return answer;
}

addEventListener("click", async ({ target }) => {
  const { take: up, onto, charge, ask, card } = target.dataset ?? {};
  if (!up && !onto && !charge) return;
  if (ask && !(await meant(ask))) return;
  error.textContent = "";
  const taken = await take(Number(up ?? onto ?? charge));
  if (taken.status !== 200) return (error.textContent = messageOf(taken));
  if (up) return (location.href = counter());
  const paid = charge ? await sendSure("ChargeBasket", { method: card }) : await sendSure("Pay", { kind: "account" });
  if (paid?.status === 200) return charge ? (location.href = counter()) : location.reload(); // how it ends is seen there
  if (paid) await tell(messageOf(paid)); // it lies on the counter now, where somebody decides
  location.href = counter();
});
listen(() => {});
