// The manager's board of orders: each button is a command, and the board is pushed as it is afterwards.

import "/static/dialogs.js";
import { sendGranted } from "/static/grants.js";
import { messageOf, send } from "/static/outbox.js";
import { listen } from "/static/push.js";

const $ = (id) => document.getElementById(id);
let handing = "";
let cancelling = "";

async function command(name, body, errors = "orders-error") {
  const answer = await (["ChangeOrder", "CancelOrder"].includes(name) ? sendGranted : send)(name, body);
  $(errors).textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  return answer?.status === 200;
}

async function show(id) {
  const { register, lang } = document.body.dataset;
  const answer = await fetch(`/fragments/order?order=${id}&lang=${lang}&register=${register}`, { headers: { Surface: "panel" } });
  $("order-dialog").innerHTML = await answer.text();
  if (!$("order-dialog").open) $("order-dialog").showModal();
}

addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  const { to, hand, show: shown, said, sum, age, print, cancel, line, quantity, answer } = button.dataset;
  const order = button.closest("[data-order]")?.dataset.order;
  if (to) {
    const driver = to === "out_for_delivery" ? button.closest("footer").querySelector("[data-driver]").value : "";
    await command("MoveOrder", { order, to, driver });
  } else if (hand) {
    handing = hand;
    $("hand-said").textContent = said;
    $("hand-sum").textContent = sum;
    $("hand-age").hidden = age === "0";
    $("hand-age-text").textContent = $("hand-age-text").dataset.text.replace("{age}", age);
    $("hand").reset();
    $("hand-error").textContent = "";
    $("hand-dialog").showModal();
  } else if (shown) await show(shown);
  else if (print) await command("PrintOrder", { order: print }, "details-error");
  else if (cancel) {
    cancelling = cancel;
    $("why-title").textContent = said;
    $("why").reset();
    $("why-dialog").showModal();
  } else if (line) {
    if (await command("ChangeOrder", { order, lines: [{ line: Number(line), quantity: Number(quantity) }] }, "details-error")) await show(order);
  } else if (answer) await command("AnswerCall", { kiosk: answer });
  else if (button.hasAttribute("data-close")) button.closest("dialog").close();
});

addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.target.id === "hand") {
    const body = { order: handing, tenders: [{ kind: event.submitter.value }], id_checked: $("hand").elements.id_checked.checked };
    if (await command("HandOverOrder", body, "hand-error")) $("hand-dialog").close();
  } else if (event.target.id === "why") {
    if (!(await command("CancelOrder", { order: cancelling, reason: $("why").elements.reason.value }, "why-error"))) return;
    $("why-dialog").close();
    $("order-dialog").close();
  }
});

listen(() => {});
