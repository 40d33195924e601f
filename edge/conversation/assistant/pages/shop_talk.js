// The customer's conversation, with the cart refreshed after each answer.

import { begin } from "./conversation.js";
import { recallModes, say } from "./modes.js";

const { base, register, lang, idle, warn, goods } = document.body.dataset;
const isKiosk = base === "/kiosk";
const cart = document.getElementById("cart");
const still = document.getElementById("still");
let touched = Date.now();
let waits_s = Number(idle);

begin({
  line: `${base}/ws/chat?${new URLSearchParams({ register, lang, surface: "kiosk" })}`,
  may: async () => true,
  heard(answer) {
    waits_s = answer.waits_s || waits_s;
    still.close();
    if (document.getElementById("voice-light").dataset.light === "off") say(answer.text); // else it is spoken already
    return basket();
  },
  voice: isKiosk,
});

async function basket() {
  touched = Date.now();
  const answer = await fetch(`${base}/talk/cart?lang=${lang}`, { headers: { Register: register } }).catch(() => null);
  if (answer?.ok) cart.innerHTML = await answer.text();
}

// Consent to keep the conversation, from the customer whose code is in the cart.
cart.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-keep]");
  if (!button) return;
  const { keep, wording } = button.dataset;
  await post("keep", { keep: keep === "yes", language: lang, ...(wording ? { wording } : {}) });
});

// Whether the newest kept answer was right, with a note.
cart.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  await post("mark", { number: Number(form.dataset.mark), right: event.submitter.value === "yes", note: form.elements.note.value.trim() });
});

async function post(path, said) {
  const body = JSON.stringify(said);
  const headers = { Register: register, Surface: "kiosk", "Accept-Language": lang, "Content-Type": "application/json" };
  const answer = await fetch(`${base}/talk/${path}?lang=${lang}`, { method: "POST", headers, body }).catch(() => null);
  if (answer?.ok) return basket();
  const told = await answer?.json().catch(() => null);
  const wrong = cart.querySelector(".keeping .error");
  if (wrong) wrong.textContent = (told?.refused ?? told?.error)?.message ?? "…";
}

for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (touched = Date.now()), true);
if (isKiosk) {
  setInterval(() => {
    if (document.getElementById("voice-light").dataset.light === "speaking") touched = Date.now();
    const left_s = waits_s - (Date.now() - touched) / 1000;
    if (left_s <= 0) leave();
    else if (left_s > Number(warn)) still.close();
    else {
      document.getElementById("left").textContent = Math.ceil(left_s);
      if (!still.open) still.showModal();
    }
  }, 1000);
  document.getElementById("still-no").addEventListener("click", () => {
    sessionStorage.setItem("over", "yes"); // the goods end what is left of them
    leave();
  });
}
recallModes();

// Leave nothing of this customer for the next one.
function leave() {
  const session = sessionStorage.getItem("chat-shopping");
  sessionStorage.removeItem("chat-shopping");
  const headers = { Register: register, Surface: "kiosk" };
  if (session) fetch(`/api/v1/chat/session/${session}`, { method: "DELETE", headers, keepalive: true }).catch(() => null);
  location.replace(goods);
}
