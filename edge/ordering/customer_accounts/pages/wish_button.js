// On a phone: adds the product being viewed to the account's wish list, or to this phone's without an account, and links
// to the account. If the shop has no accounts, neither is offered.

import { uuid7 } from "./ids.js";
import { has, toggle } from "./wishes.js";

const words = document.getElementById("wish-words").dataset;
const { lang } = document.body.dataset;
let signedIn = false;

async function ask(method, path, body) {
  try {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": `"${uuid7()}"` };
    const answer = await fetch(`/me/${path}?lang=${lang}`, { method, headers, body: body && JSON.stringify(body) });
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    return { status: answer.status, code: said.code ?? said.refused?.code, message: said.refused?.message ?? "" };
  } catch {
    return { status: 0 };
  }
}

async function wish(button, sku) {
  const there = button.getAttribute("aria-pressed") === "true";
  const answer = signedIn ? await ask("POST", there ? "wish/remove" : "wish", { sku }) : { status: toggle(sku) ? 200 : 0 };
  if (answer.status === 200) show(button, !there);
  else button.textContent = answer.message || words.full;
}

function show(button, there) {
  button.setAttribute("aria-pressed", String(there));
  button.textContent = there ? words.wished : words.wish;
}

function offer() {
  const sheet = document.getElementById("sheet");
  const one = sheet.querySelector(".one[data-sku]");
  if (!one || sheet.querySelector("[data-wish]")) return;
  const { sku } = one.dataset;
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.dataset.wish = sku;
  show(button, !signedIn && has(sku));
  button.addEventListener("click", () => wish(button, sku));
  sheet.querySelector(".choices")?.append(button);
}

const { status, code } = await ask("GET", "account");
signedIn = status === 200;
if (signedIn || code === "account_signed_out") {
  const way = Object.assign(document.createElement("a"), { href: `/me?lang=${lang}`, textContent: words.me, className: "to-me" });
  document.querySelector(".head .tongues").before(way);
  new MutationObserver(offer).observe(document.getElementById("sheet"), { childList: true });
}
