// What the buttons and the function keys do.

import { parseMinor, parseQuantity } from "./amounts.js";
import { open } from "./dialogs.js";
import { find } from "./find.js";
import { sendGranted } from "./grants.js";
import { chosenLine } from "./lines.js";
import { messageOf, send } from "./outbox.js";
import { connected, say } from "./push.js";
import * as scan from "./scan.js";
import { beep } from "./sound.js";

const ENTER_A_NUMBER = "…"; // what is wrong shows in the field itself, which is chosen again

// Refusals come to every page of the register by push; only when that line is down does the answer itself speak.
export function tell(answer) {
  if (answer && answer.status !== 200 && !connected()) say(messageOf(answer));
  return answer;
}

// null: it was done, or what was refused is being said; otherwise the sentence for the dialog.
const outcome = (answer) => (answer === null || answer.status === 200 ? null : messageOf(answer));

const due = (field) => Number(document.getElementById("sums").dataset[field] ?? 0);

function withLine(id, act) {
  const line = chosenLine();
  if (!line || line.dataset.voided !== undefined) return beep();
  const name = line.querySelector(".what").cloneNode(true);
  return open(id, (form) => act(line, form), (dialog) => dialog.querySelector('[data-fill="line"]').replaceChildren(name));
}

function pay(kind, dialogId, dueField) {
  const typed = scan.takeAmount();
  if (typed !== null) return send("Pay", { kind, amount_minor: typed }).then(tell);
  if (!due("lines")) return send("Pay", { kind }).then(tell);
  return open(
    dialogId,
    async (form) => {
      const text = form.get("value").trim();
      const amount = text ? parseMinor(text) : due(dueField);
      if (amount === null) return ENTER_A_NUMBER;
      const body = { kind, amount_minor: text ? amount : null, reference: form.get("reference") ?? "" };
      return outcome(await send("Pay", body));
    },
    (dialog) => {
      const amounts = dialog.querySelector(".amounts");
      if (amounts) amounts.onclick = (event) => hand(dialog, event.target.closest("[data-minor]"));
    },
  );
}

async function hand(dialog, button) {
  if (!button) return;
  dialog.close();
  tell(await send("Pay", { kind: "cash", amount_minor: Number(button.dataset.minor) }));
}

export const acts = {
  cash: () => pay("cash", "cash-dialog", "dueCashMinor"),
  card: () => pay("card", "card-dialog", "dueMinor"),
  find: () => find(tell),
  keys: () => open("keys-dialog"),
  quantity() {
    if (scan.takeTimes()) return scan.box().focus();
    return withLine("quantity-dialog", async (line, form) => {
      const quantity = parseQuantity(form.get("value"));
      if (!quantity) return ENTER_A_NUMBER;
      return outcome(await send("SetQuantity", { line: Number(line.dataset.line), quantity }));
    });
  },
  price: () =>
    withLine("price-dialog", async (line, form) => {
      const price = parseMinor(form.get("value"));
      if (price === null) return ENTER_A_NUMBER;
      const body = { line: Number(line.dataset.line), price_minor: price, reason: form.get("reason") };
      return outcome(await sendGranted("OverridePrice", body));
    }),
  void() {
    const line = chosenLine();
    if (!line || line.dataset.voided !== undefined) return beep();
    return send("VoidLine", { line: Number(line.dataset.line) }).then(tell);
  },
  abandon() {
    if (!document.querySelector("#lines .line, #question dialog")) return beep();
    return open("abandon-dialog", async () => outcome(await send("AbandonBasket")));
  },
  void_sale: () =>
    open("void-sale-dialog", async (form) => outcome(await sendGranted("VoidLastSale", { reason: form.get("reason") }))),
  reprint() {
    const last = document.querySelector("[data-reprint]");
    return last ? reprint(last.dataset.reprint) : beep();
  },
};

export const reprint = (number) => send("ReprintReceipt", { number: Number(number) }).then(tell);
