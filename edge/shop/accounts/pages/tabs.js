// Tabs: taken up at this register's counter, or put onto the customer's account at once, and from there to their card.

import "./dialogs.js";
import { messageOf, send } from "./outbox.js";
import { listen } from "./push.js";
import { meant, sendSure } from "./sure.js";

const error = document.querySelector("#tabs > .error");
const counter = () => `/?register=${encodeURIComponent(document.body.dataset.register)}`;

// Whoever has it elsewhere is told; what is older than a day asks at the till whose prices hold.
async function take(id) {
  const answer = await send("TakeBasketUp", { id });
  if (answer.body.refused?.code === "parked_with" && (await meant(messageOf(answer)))) return send("TakeBasketUp", { id, take_over: true });
  return answer;
}

// How it ends stands on the customer's account, where what was not paid is owed.
async function charge(customer, method, events) {
  const owed = events.find((event) => event.tenders)?.tenders.find((one) => one.kind === "account");
  const answer = await send("ChargeAccountCard", { customer, method, amount_minor: owed?.amount_minor });
  if (answer.status !== 200) alert(messageOf(answer));
  location.href = `/manager/accounts/one?register=${encodeURIComponent(document.body.dataset.register)}&customer=${encodeURIComponent(customer)}`;
}

addEventListener("click", async ({ target }) => {
  const { take: up, onto, ask, card, customer } = target.dataset ?? {};
  if (!up && !onto) return;
  if (ask && !(await meant(ask))) return;
  error.textContent = "";
  const taken = await take(Number(up ?? onto));
  if (taken.status !== 200) return (error.textContent = messageOf(taken));
  if (up) return (location.href = counter());
  const paid = await sendSure("Pay", { kind: "account" });
  if (paid?.status === 200) return card ? charge(customer, card, paid.body.done.events) : location.reload();
  if (paid) alert(messageOf(paid)); // it lies on the counter now, where somebody decides
  location.href = counter();
});
listen(() => {});
