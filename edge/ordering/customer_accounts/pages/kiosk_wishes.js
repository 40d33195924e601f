// On a kiosk: signed-in customers see their wish list below the cart, and can add the product they're viewing.

const words = document.getElementById("wish-words").dataset;
const { base, register, lang } = document.body.dataset;
const headers = { Register: register };
const place = document.createElement("div");
const sheet = document.getElementById("sheet");
let asked = 0;

document.getElementById("suggestions")?.after(place);
const list = () => place.querySelector("[data-signed-in]");
const wished = () => JSON.parse(list()?.dataset.wishes ?? "[]");

async function draw() {
  const mine = ++asked;
  try {
    const answer = await fetch(`${base}/wishes?lang=${lang}`, { headers, signal: AbortSignal.timeout(4000) });
    const text = answer.ok ? await answer.text() : "";
    if (mine === asked) place.innerHTML = text;
  } catch {
    // without an answer, leave what is shown
  }
  offer();
}

async function put(button, sku) {
  const path = button.getAttribute("aria-pressed") === "true" ? "wish/remove" : "wish";
  const sent = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify({ sku }) };
  const answer = await fetch(`${base}/${path}?lang=${lang}`, sent).catch(() => null);
  if (answer?.ok) await draw();
  else if (answer) button.textContent = (await answer.json()).refused?.message ?? words.full;
}

function offer() {
  const one = sheet.querySelector(".one[data-sku]");
  const choices = sheet.querySelector(".choices");
  let button = sheet.querySelector("[data-wish]");
  if (!one || !choices || !list()) return button?.remove();
  const { sku } = one.dataset;
  if (!button) {
    button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.wish = sku;
    button.addEventListener("click", () => put(button, sku));
    choices.append(button);
  }
  const there = wished().includes(sku);
  const text = there ? words.wished : words.wish;
  if (button.textContent !== text) button.textContent = text;
  button.setAttribute("aria-pressed", String(there));
  return undefined;
}

new MutationObserver(offer).observe(sheet, { childList: true });
new MutationObserver(draw).observe(document.getElementById("cart"), { childList: true });
draw();
