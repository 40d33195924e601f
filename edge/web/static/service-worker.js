// What a personal device caches: the offline notice and the store room page, which works from kept_store.js, with their
// styles and scripts. No other page of the shop and no answer of its API is ever cached here; pages of tills and customers
// aren't handled at all.

const lang = new URL(location).searchParams.get("lang") ?? "";
const OFFLINE = `/offline?lang=${lang}`;
const AWAY = `/away?lang=${lang}`;
const STATIC = ["amounts.js", "away.css", "away.js", "away_reads.js", "base.css", "dialogs.js", "icon.svg", "ids.js", "kept_sending.js", "kept_store.js", "offline.css", "offline.js", "read_amount.js", "spoken_names.js", "tokens.css"];
const SHELL = [OFFLINE, AWAY, ...STATIC.map((name) => `/static/${name}`)];
const CACHE = `shell-${lang}`;
const STORE_ROOM = /^\/(away|manager\/stock)/;
const OTHERS = /^\/($|kiosk|shop|order|receipt|scan|told|chat|trust)/;

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
}

async function fromShop(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const { pathname } = new URL(request.url);
    const path = request.mode === "navigate" ? (STORE_ROOM.test(pathname) ? AWAY : OFFLINE) : pathname;
    const kept = await (await caches.open(CACHE)).match(path);
    if (!kept) throw error;
    return kept;
  }
}

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== location.origin || event.request.method !== "GET") return;
  const page = event.request.mode === "navigate" && !OTHERS.test(pathname);
  if (page || SHELL.includes(pathname)) event.respondWith(fromShop(event.request));
});
