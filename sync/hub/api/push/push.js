// Browser notifications for a shop: browsers allow them only at an address whose certificate they trust, which a box in a
// shop doesn't have. The box links here with its key, and gets the subscription back; nothing is stored on the way.

const asked = new URLSearchParams(location.hash.slice(1));
const [key, back, state] = ["key", "back", "state"].map((name) => asked.get(name) ?? "");
const language = new URLSearchParams(location.search).get("lang");
const shop = URL.parse?.(back) ?? (URL.canParse(back) ? new URL(back) : null);
const sections = [...document.querySelectorAll("section")]; // one a language, of which the first is for everybody else
const known = (sections.find(({ lang }) => lang === language) ?? sections[0]).lang;

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

function show(id) {
  for (const main of document.querySelectorAll("main")) main.hidden = main.id !== id;
}

// Each box has its own service worker registration, as a registration can only have one key.
async function subscribed() {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(key)));
  const scope = `/push/of/${[...digest.slice(0, 8)].map((one) => one.toString(16).padStart(2, "0")).join("")}/`;
  const worker = await navigator.serviceWorker.register("/push/push-worker.js", { scope });
  const starting = worker.installing ?? worker.waiting;
  if (starting && !worker.active) {
    await new Promise((active) => starting.addEventListener("statechange", () => starting.state === "activated" && active()));
  }
  const { endpoint, keys } = (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) })).toJSON();
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}

for (const section of sections) section.hidden = section.lang !== known;
for (const name of document.querySelectorAll("[data-shop]")) name.textContent = shop?.host ?? "";
show(key && state && ["http:", "https:"].includes(shop?.protocol) ? "asked" : "failed");

addEventListener("click", async ({ target }) => {
  if (target.dataset.go === undefined) return;
  try {
    shop.hash = new URLSearchParams({ browser: JSON.stringify(await subscribed()), state });
    location.replace(shop);
  } catch {
    show("failed"); // it said no, or there is no push service
  }
});
