// The customer's conversation: each turn goes to the box, and the basket is shown as it is then.

import { begin } from "./conversation.js";

const { base, register, lang, idle, goods } = document.body.dataset;
const isKiosk = base === "/kiosk";
const cart = document.getElementById("cart");
const PATHS = { "chat/message": "say", "chat/history": "said" };
let touched = Date.now();

begin(async (path, request) => {
  touched = Date.now();
  const [name, query] = path.split("?");
  // What a microphone needs is asked where any page asks for it.
  const where = PATHS[name] ? `${base}/${PATHS[name]}?${query ? `${query}&` : ""}lang=${lang}` : `/api/v1/${path}`;
  const answer = await ask(where, request);
  if (name === "chat/message" && answer.status === 200) basket();
  return answer;
}, { heard: basket, voice: isKiosk });

async function ask(where, request) {
  try {
    const headers = { Register: register, Surface: "kiosk", "Accept-Language": lang, "Content-Type": "application/json" };
    const answer = await fetch(where, { ...request, headers });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0 };
  }
}

async function basket() {
  touched = Date.now();
  const answer = await fetch(`${base}/talk/cart?lang=${lang}`, { headers: { Register: register } }).catch(() => null);
  if (answer?.ok) cart.innerHTML = await answer.text();
}

for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (touched = Date.now()), true);
if (isKiosk) {
  // Nothing of one customer is there for the next.
  setInterval(() => {
    if (Date.now() - touched < Number(idle) * 1000) return;
    sessionStorage.removeItem("chat-shopping");
    location.replace(goods);
  }, 1000);
}
