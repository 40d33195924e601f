// Customer search for a basket: type the last digits of a phone number or a name, or scan a card; choose with the arrow
// keys and Enter. The text is sent in a request body, never in a URL.

import { choose, chosenIn } from "./choosing.js";
import { complain, open } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf, send } from "./outbox.js";
import { say } from "./push.js";

const PAUSE_MS = 120; // between two letters, after which it is looked for
const results = () => document.getElementById("customers-found");
const chosen = () => chosenIn(results());
const attached = () => document.querySelector('[data-act="member"][data-customer]:not([data-customer=""])');
let asked = 0;

// The result rows as HTML; null if the text has changed meanwhile or there is no answer.
export async function look(text, as, surface) {
  const { register, lang } = document.body.dataset;
  const number = ++asked;
  try {
    const got = await fetch(`/fragments/customers?as=${as}&lang=${lang}&register=${encodeURIComponent(register)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Register: register, Surface: surface },
      body: JSON.stringify({ text }),
    });
    const html = await got.text();
    return number === asked && got.status === 200 ? html : null;
  } catch {
    return null;
  }
}

// Adds a link to the other customer when a phone number or email is already taken.
export function linkOther(answer, place) {
  const { code, values } = answer.body.refused ?? {};
  if (code !== "customer_exists") return;
  const link = document.createElement("a");
  link.href = `/manager/customer?${new URLSearchParams({ register: document.body.dataset.register, id: values.id })}`;
  link.textContent = document.querySelector("main").dataset.openOther;
  place.append(" ", link);
}

// The search text as a new customer's first detail; the rest is added on the manager's page.
const firstKnown = (text) => {
  const name = text.includes("@") ? "email" : /^[\d\s()+./-]{6,}$/.test(text) ? "phone" : "name";
  return { [name]: text, language: document.body.dataset.lang };
};

export function customer(tell) {
  let timer = 0;
  let shownFor = "";
  const use = async (id) => {
    const answer = await send("UseCustomer", { customer: id });
    if (answer.status !== 200) return messageOf(answer);
    document.getElementById("customer-dialog").close();
    return null;
  };
  const show = async (text) => {
    if (!text.trim()) return results().replaceChildren();
    const html = await look(text, "till", "cashier");
    if (html === null) return;
    results().innerHTML = html;
    shownFor = text;
    const fresh = document.querySelector("[data-customer-new]");
    fresh.hidden = results().querySelector("[data-customer]") !== null;
    fresh.querySelector("bdi").textContent = text.trim();
    move(1);
  };
  return open(
    "customer-dialog",
    async (form) => {
      const text = form.get("text");
      clearTimeout(timer);
      if (shownFor !== text) await show(text);
      return chosen() ? use(chosen().dataset.customer) : "";
    },
    (dialog) => {
      results().replaceChildren();
      dialog.querySelector("[data-customer-off]").hidden = !attached() && document.querySelector('[data-act="member"]')?.ariaPressed !== "true";
      dialog.querySelector("[data-customer-off]").onclick = () => use("");
      const wishes = dialog.querySelector("[data-customer-wishes]");
      wishes.hidden = !attached();
      wishes.onclick = async () => {
        dialog.close();
        const answer = tell(await send("TakeWishes"));
        const left = answer?.body.done?.result.left ?? [];
        if (left.length) say(wishes.dataset.left.replace("{left}", left.join(", ")));
      };
      dialog.querySelector("[data-customer-list]").onclick = async () => {
        dialog.close();
        tell(await sendGranted("UsePriceList", { price_list: "member" }));
      };
      dialog.oninput = ({ target }) => {
        clearTimeout(timer);
        timer = setTimeout(() => show(target.value), PAUSE_MS);
      };
      const fresh = dialog.querySelector("[data-customer-new]");
      fresh.hidden = true;
      fresh.onclick = async () => {
        const answer = await sendGranted("SetCustomer", firstKnown(shownFor.trim()));
        if (!answer) return;
        const wrong = answer.status === 200 ? await use(answer.body.done.result) : messageOf(answer);
        if (wrong !== null) complain(dialog.querySelector("form"), wrong);
      };
      results().onclick = (event) => {
        const row = event.target.closest("[data-customer]");
        if (row) use(row.dataset.customer);
      };
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

const move = (step) => choose(document.querySelector("#customer-dialog input"), results(), step);
