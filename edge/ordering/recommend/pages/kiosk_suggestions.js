// Products that go with the cart, shown below it, and similar products on a product's sheet. Loaded in the background:
// without an answer, nothing is shown.

const { base, register, lang } = document.body.dataset;
const QUIET_MS = 400;
const LOOKED_MS = 2000;
const place = document.getElementById("suggestions");
let timer = 0;
let asked = 0;
let waved = [];
const told = new Set();

const address = (query) => `${base}/suggestions?${query}`;

async function found(query) {
  try {
    const answer = await fetch(address(query), { headers: { Register: register }, signal: AbortSignal.timeout(4000) });
    return answer.ok ? await answer.text() : "";
  } catch {
    return "";
  }
}

function count(set, outcome) {
  if (!set || (outcome === "shown" && told.has(set))) return;
  told.add(set);
  fetch(address(new URLSearchParams({ lang })), {
    method: "POST",
    headers: { Register: register, "Content-Type": "application/json" },
    body: JSON.stringify({ set, outcome }),
  }).catch(() => {});
}

async function along() {
  const mine = ++asked;
  const query = new URLSearchParams({ lang });
  for (const sku of waved) query.append("waved", sku);
  const text = await found(query);
  if (mine !== asked) return;
  place.innerHTML = text;
  count(place.querySelector("[data-set]")?.dataset.set, "shown");
}

// Viewing a product for a while counts slightly towards a signed-in customer's recommendations.
function noteLook(article) {
  setTimeout(() => {
    if (!article.isConnected) return;
    fetch(`${base}/viewed`, {
      method: "POST",
      headers: { Register: register, "Content-Type": "application/json" },
      body: JSON.stringify({ sku: article.dataset.sku }),
    }).catch(() => {});
  }, LOOKED_MS);
}

async function alike(article) {
  noteLook(article);
  const text = await found(new URLSearchParams({ lang, sku: article.dataset.sku }));
  if (!text.trim() || !article.isConnected) return;
  article.insertAdjacentHTML("afterend", text);
}

const lines = () => [...document.querySelectorAll("#cart [data-line]")].map((one) => `${one.dataset.line} ${one.dataset.quantity}`).join();
let seen = "";

function look() {
  const now = lines();
  if (now === seen) return;
  seen = now;
  asked++;
  clearTimeout(timer);
  place.replaceChildren();
  if (now) timer = setTimeout(along, QUIET_MS);
  else waved = [];
}

if (place) {
  new MutationObserver(look).observe(document.getElementById("cart"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-quantity"] });
  new MutationObserver((changes) => {
    const article = changes.flatMap(({ addedNodes }) => [...addedNodes]).find((one) => one.matches?.("article.one"));
    if (article) alike(article);
  }).observe(document.getElementById("sheet"), { childList: true });
  document.addEventListener("click", ({ target }) => {
    const set = target.closest(".suggested")?.dataset.set;
    if (target.closest("[data-suggested]")) count(set, "taken");
    if (!target.closest("[data-wave]")) return;
    waved = [...waved, ...[...place.querySelectorAll("[data-suggested]")].map((one) => one.dataset.suggested)].slice(-20);
    count(set, "waved");
    place.replaceChildren();
  }, true);
  look();
}
