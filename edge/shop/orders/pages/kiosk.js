// The kiosk, and the same on a phone: what is touched goes to the box, which answers with the cart as it is now.

import { backOff } from "/static/back_off.js";
import { keepSlot, offerSlots } from "/static/free_slots.js";
import { orderEdits } from "/static/order_edits.js";
import { offerTip, tipFault, tipQuery } from "/static/tip_choice.js";
import { listen as listenToScanner } from "/static/wedge.js";

const { base, register, lang, home, place, take } = document.body.dataset;
const IDLE_S = Number(document.body.dataset.idle);
const WARN_S = Number(document.body.dataset.warn);
const TYPING_MS = 180;
const ANSWER_MS = 15_000; // an answer that never comes is none: the screen says so, and looks again
const TOAST_MS = 5000;
const LOST_MS = 1000; // before the first look whether the box answers again
const MODES = ["low", "large", "contrast", "spoken"];

const $ = (id) => document.getElementById(id);
const isKiosk = base === "/kiosk";
let category = "";
let asked = 0;
let touched = Date.now();
let waiting = null; // what is done once the customer said how old they are
let agesSaid = 0;
let leaving = false; // whoever was here goes: nothing of theirs is shown, and the next one begins on a fresh page
const underway = new Set(); // what was touched and is not answered yet
const lost = backOff(LOST_MS, isKiosk ? 8000 : 60_000); // a kiosk is there for one thing
let again = 0; // the next look, while the box is away
let own = null; // the order whose QR was read here, and what may be changed of it

function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const answer = answered(path, body, method);
  underway.add(answer);
  answer.finally(() => underway.delete(answer));
  return answer;
}

async function answered(path, body, method) {
  const joint = path.includes("?") ? "&" : "?";
  try {
    const answer = await fetch(`${base}/${path}${joint}lang=${lang}`, {
      method,
      headers: { Register: register, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(ANSWER_MS),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const type = answer.headers.get("Content-Type") ?? "";
    online(answer.status < 500);
    if (answer.status === 401) shut();
    return { status: answer.status, body: type.includes("json") ? await answer.json() : await answer.text() };
  } catch {
    online(false);
    return { status: 0, body: {} };
  }
}

// It is let in no more: nothing of anybody stays on the screen, which asks to be let in again.
function shut() {
  document.body.hidden = true;
  location.replace("/pair");
}

// Whether this screen is still let in, and the box there; one look at a time.
async function look() {
  if (look.under) return;
  look.under = true;
  await ask("cart");
  look.under = false;
}

function online(yes) {
  $("offline").hidden = yes;
  if (yes) lost.over();
  else again ||= setTimeout(lookAgain, lost.next());
}

function lookAgain() {
  again = 0;
  return refresh();
}

function toast(text) {
  if (!text) return;
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => ($("toast").hidden = true), TOAST_MS);
  say(text);
}

function show(cart) {
  if (typeof cart !== "string" || leaving) return;
  const lines = () => $("cart").querySelector(".lines");
  const { scrollTop = 0, childElementCount: before = 0 } = lines() ?? {};
  const held = $("cart").contains(document.activeElement) ? document.activeElement : null;
  const line = held?.closest("[data-line]")?.dataset.line;
  $("cart").innerHTML = cart;
  // What is new is in sight, and the rest where a finger left it; so is the focus of whoever has a keyboard.
  if (lines()) lines().scrollTop = lines().childElementCount > before ? lines().scrollHeight : scrollTop;
  const same = line ? `[data-line="${line}"] [data-change="${held.dataset.change}"]` : held?.id && `#${held.id}`;
  if (held) ($("cart").querySelector(same || "button") ?? $("cart").querySelector("button") ?? $("search")).focus();
  say($("cart").querySelector(".total")?.textContent);
}

// Reads aloud what was touched, with a voice of this machine that knows the language.
function say(text) {
  if (!text || !document.body.classList.contains("spoken")) return;
  const spoken = new SpeechSynthesisUtterance(text.replace(/\s+/g, " "));
  spoken.lang = lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(spoken);
}

function offerVoices() {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  document.querySelector('[data-mode="spoken"]').hidden = !voices.some((voice) => voice.lang.startsWith(lang));
}

async function refresh(touch = "no") {
  const answer = await ask(`cart?touch=${touch}`);
  if (answer.status === 200) show(answer.body.cart);
}

// Whether the customer means it; walking away is a no.
function askSure(question) {
  $("sure-title").textContent = question;
  $("sure").returnValue = "";
  $("sure").showModal();
  say(question);
  return new Promise((answer) => $("sure").addEventListener("close", () => answer($("sure").returnValue === "yes"), { once: true }));
}

// An order whose QR is read here: how far it is, and what its customer may still change.
async function showOrder(secret, scanned = "") {
  const answer = await ask("order", { secret, scanned });
  if (answer.status !== 200) return toast(answer.body?.refused?.message ?? answer.body?.error?.message);
  $("welcome").hidden = true; // somebody is here now: who walks away is noticed
  own = orderEdits(`/order/${secret}`, lang, askSure, () => showOrder(secret));
  $("done").close();
  const open = $("sheet").querySelector(".edit")?.open;
  $("sheet").innerHTML = answer.body;
  if (open) $("sheet").querySelector(".edit")?.setAttribute("open", "");
  if (!$("sheet").open) $("sheet").showModal();
  say($("sheet").querySelector("h1")?.innerText);
}

// Puts something into the cart; where that asks for an age, the customer is asked once.
async function add(wanted) {
  const secret = isKiosk && /\/order\/([\w-]{20,64})(?:[?#].*)?$/.exec(wanted.code ?? "")?.[1];
  if (secret) return showOrder(secret, wanted.code);
  const answer = await ask(`add?place=${encodeURIComponent(place)}`, { ...wanted, age_said: agesSaid });
  if (answer.status === 200) {
    show(answer.body.cart);
    $("sheet").close();
    return;
  }
  const refused = answer.body?.refused;
  if (refused?.code === "age_not_checked") {
    askAge(Number(refused.values.age), () => add(wanted));
  } else {
    toast(refused?.message);
  }
}

function askAge(age, then) {
  const title = $("age-title");
  title.textContent = title.dataset.text.replace("{age}", age);
  waiting = () => {
    agesSaid = Math.max(agesSaid, age);
    then();
  };
  $("age").showModal();
  say($("age").innerText);
}

async function goods(after = 0) {
  const query = new URLSearchParams({ text: $("search").value.trim(), category, after });
  const mine = ++asked;
  const answer = await ask(`goods?${query}`);
  if (mine !== asked || answer.status !== 200) return;
  const shelf = $("goods");
  if (!after) {
    shelf.innerHTML = answer.body;
    shelf.scrollTop = 0;
    return;
  }
  shelf.querySelector(".more")?.remove();
  shelf.insertAdjacentHTML("beforeend", answer.body);
}

async function details(sku) {
  const answer = await ask(`goods/${encodeURIComponent(sku)}`);
  if (answer.status !== 200) return;
  $("sheet").innerHTML = answer.body;
  $("sheet").showModal();
  say($("sheet").querySelector(".tell")?.innerText);
}

// Each tap counts, also while the box has not answered the one before: they go out one behind the other, and the cart
// is drawn anew by the last.
let changes = Promise.resolve();
let newest = 0;

async function change(button) {
  const line = button.closest("[data-line]");
  const { quantity, step } = line.dataset;
  const rest = button.dataset.rest ?? quantity;
  const by = { less: -Number(step), more: Number(step), out: -Number(quantity), rest: Number(rest) - Number(quantity) }[button.dataset.change];
  const wanted = Math.max(0, Number(quantity) + by);
  line.dataset.quantity = wanted;
  const mine = ++newest;
  changes = changes.then(() => ask("line", { line: Number(line.dataset.line), quantity: wanted }));
  const answer = await changes;
  if (answer.status !== 200) {
    toast(answer.body?.refused?.message);
    if (mine === newest) await refresh();
  } else if (mine === newest) show(answer.body.cart);
}

// Where it goes to says what it costs and when it may come, also while the postal code is typed.
async function terms(form) {
  clearTimeout(terms.timer);
  terms.timer = 0;
  const brought = form.elements.fulfilment?.value === "delivery";
  offerTip(form, brought);
  const code = brought ? form.elements.postal_code.value.trim() : "";
  const mine = (terms.asked = (terms.asked ?? 0) + 1);
  const button = form.querySelector('[type="submit"]');
  button.disabled = true; // nobody orders for a sum that is no more
  const query = new URLSearchParams({ postal_code: code, brought: brought ? "yes" : "no", ...tipQuery(form) });
  const answer = await ask(`terms?${query}`);
  if (mine !== terms.asked) return;
  button.disabled = false;
  if (answer.status !== 200) return;
  $("terms").innerHTML = answer.body.html;
  if (form.elements.slot) keepSlot(form.elements.slot, form.dataset.slot);
  form.dataset.total = answer.body.total_minor;
  form.dataset.tip = answer.body.tip_minor;
  button.textContent = answer.body.place;
  say($("terms").querySelector("p").innerText);
}

async function order(form) {
  $("place-error").textContent = tipFault(form);
  if ($("place-error").textContent) return form.elements.tip_sum.focus();
  if (terms.timer) await terms(form); // what was typed last is in the sum
  const said = Object.fromEntries(new FormData(form));
  const wanted = { accepted_total_minor: Number(form.dataset.total), name: said.name ?? "", note: said.note ?? "", substitutes: "substitutes" in said, tip_minor: Number(form.dataset.tip) };
  if (said.slot) wanted.slot_from_us = Number(said.slot);
  if (said.phone) wanted.phone = said.phone;
  if (said.fulfilment === "delivery") {
    Object.assign(wanted, { fulfilment: "delivery", address: said.address, postal_code: said.postal_code });
  }
  const button = form.querySelector('[type="submit"]');
  button.disabled = true;
  const answer = await ask("place", wanted);
  button.disabled = false;
  if (answer.status === 200) return placed(answer.body);
  const refused = answer.body?.refused;
  $("place-error").textContent = refused?.message ?? answer.body?.error?.message ?? "";
  say($("place-error").textContent);
  if (refused?.code === "price_changed") terms(form);
  if (refused?.code === "age_not_said") askAge(Number(refused.values.age), () => order(form));
  offerSlots($("place-error"), refused, lang, (slot) => {
    const choice = form.elements.slot;
    if (![...choice.options].some((option) => Number(option.value) === slot)) choice.add(new Option("", slot));
    choice.value = slot;
    order(form);
  });
  refresh();
}

// A coupon that is typed counts like one that is scanned; the question how it is wanted is asked anew, at its sum.
async function useCoupon() {
  const input = $("place").elements.coupon;
  if (!input.value.trim()) return input.focus();
  const answer = await ask("coupon", { code: input.value.trim() });
  if (answer.status !== 200) {
    $("place-error").textContent = answer.body?.refused?.message ?? answer.body?.error?.message ?? "";
    return;
  }
  show(answer.body.cart);
  await byId("checkout");
}

// By a code that is sent: the answer is the same whether the shop knows who asks or not.
async function signIn(path, form) {
  const button = form.querySelector('[type="submit"]');
  button.disabled = true;
  const answer = await ask(path, Object.fromEntries(new FormData(form)));
  button.disabled = false;
  const error = $("sign-in-error");
  error.textContent = answer.status === 200 ? "" : (answer.body?.refused ?? answer.body?.error)?.message ?? "";
  if (answer.status !== 200) return;
  if (path === "sign-in") {
    $("sign-in-code").hidden = false;
    $("sign-in-code").elements.code.focus();
    return;
  }
  show(answer.body.cart);
  toast(error.dataset.done);
  await byId("checkout"); // at the prices that hold now
}

function placed(answer) {
  if (!isKiosk) {
    location.href = `/order/${answer.secret}`;
    return;
  }
  $("sheet").close();
  $("done").innerHTML = answer.html;
  $("done").showModal();
  say($("done").innerText);
  let left = Number(document.body.dataset.done);
  const count = setInterval(() => {
    left -= 1;
    if ($("next")) $("next").textContent = $("next").dataset.text.replace("{left}", left);
    if (left <= 0) begin();
    if (left <= 0 || !$("done").open) clearInterval(count);
  }, 1000);
  refresh();
}

// The next customer: nothing of this one stays on the page, also while the box does not answer. Whoever touches the
// welcome meanwhile begins once the box has ended the cart.
async function begin() {
  if (leaving) return;
  leaving = true;
  agesSaid = 0;
  own = waiting = null;
  forgetModes();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const id of ["cart", "sheet", "done"]) $(id).replaceChildren();
  $("search").value = "";
  $("toast").hidden = true;
  $("welcome").hidden = false;
  sessionStorage.removeItem("started");
  begin.at = `${base}?register=${register}&lang=${home}`;
  await Promise.allSettled(underway);
  await go();
}

// To another page only once the box answers: while it restarts, a browser would show words of its own.
async function go(address) {
  for (;;) {
    try {
      const there = (await fetch(address ?? begin.at, { cache: "no-store" })).status < 500;
      if (there && (!leaving || (await ask("leave", {})).status === 200)) break;
    } catch {
      // it is away
    }
    $("offline").hidden = false;
    await new Promise((done) => setTimeout(done, lost.next()));
  }
  location.replace(address ?? begin.at);
}

function setMode(mode, on) {
  document.body.classList.toggle(mode, on);
  document.querySelector(`[data-mode="${mode}"]`)?.setAttribute("aria-pressed", String(on));
}

// How one customer needs the page is nothing that the next one has to undo.
function forgetModes() {
  for (const mode of MODES) setMode(mode, false);
  sessionStorage.removeItem("modes");
}

addEventListener("click", async (event) => {
  const button = event.target.closest("button, a");
  if (!button) return;
  const { sku, category: kind, after, change: how, by, mode, language, start } = button.dataset;
  if (button.closest("[data-line]") && how) await change(button);
  else if (sku && button.classList.contains("card")) await details(sku);
  else if (kind !== undefined) {
    category = kind;
    for (const other of document.querySelectorAll("[data-category]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    await goods();
  } else if (after) await goods(after);
  else if (by) much(Number(by));
  else if (mode) {
    const on = !document.body.classList.contains(mode);
    setMode(mode, on);
    sessionStorage.setItem("modes", MODES.filter((one) => document.body.classList.contains(one)).join(" "));
  } else if (language || start) {
    event.preventDefault();
    sessionStorage.setItem("started", "yes");
    if (leaving) begin.at = button.href;
    else if ((language || start) === lang) $("welcome")?.setAttribute("hidden", "");
    else await go(button.href);
  } else if (button.dataset.drop) {
    const answer = await ask("coupon/drop", { coupon: button.dataset.drop });
    if (answer.status === 200) show(answer.body.cart);
    else toast(answer.body?.refused?.message);
  } else if (button.hasAttribute("data-close")) button.closest("dialog").close();
  else if (own && button.closest("#state")) own.click(button);
  else if (button.id) await byId(button.id);
  else if (isKiosk && button.href) {
    event.preventDefault();
    await go(button.href);
  }
});

async function byId(id) {
  if (id === "put") {
    const { sku, age } = $("sheet").querySelector(".one").dataset;
    const wanted = { sku, quantity: Number($("much").dataset.quantity) };
    const put = async () => {
      const button = $("put");
      button.disabled = true; // a hasty finger puts it in once
      await add(wanted);
      button.disabled = false;
    };
    if (Number(age) > agesSaid) askAge(Number(age), put);
    else await put();
  } else if (id === "checkout") {
    const answer = await ask("checkout");
    if (answer.status !== 200) return;
    $("sheet").innerHTML = answer.body;
    if (!$("sheet").open) $("sheet").showModal();
    say([...$("sheet").querySelectorAll("h2, .total")].map((one) => one.innerText).join(". "));
  } else if (id === "elsewhere" || id === "sign-in") {
    const answer = await ask(id);
    if (answer.status !== 200) return;
    $("sheet").innerHTML = answer.body; // in the place of the question how it is wanted
    $("sheet").querySelector("input")?.focus();
    say($("sheet").innerText);
  } else if (id === "use-coupon") await useCoupon();
  else if (id === "sure-yes" || id === "sure-no") $("sure").close(id === "sure-yes" ? "yes" : "");
  else if (id === "change-order") await showOrder($("change-order").dataset.secret);
  else if (id === "age-yes" || id === "age-no") {
    $("age").close();
    if (id === "age-yes") waiting?.();
    waiting = null;
  } else if (id === "take-yes") {
    $("take").close();
    await add({ code: `/shop?take=${take}` });
  } else if (id === "still-yes") {
    $("still").close();
    await refresh("yes");
  } else if (["leave", "still-no", "next"].includes(id)) begin();
  else if (id === "settle") {
    const answer = await ask("settle", {});
    if (answer.status === 200) show(answer.body.cart);
    else toast(answer.body?.refused?.message);
  }
  else if (id === "call") {
    await ask("call", {});
    $("called").showModal();
    say($("called").innerText);
    touched = Date.now() + 300_000 - IDLE_S * 1000; // the box waits five minutes for whoever comes
  } else if (id === "search-clear") {
    $("search").value = "";
    $("search-clear").hidden = true;
    await goods();
  }
}

function much(by) {
  const shown = $("much");
  const quantity = Math.max(Math.abs(by), Number(shown.dataset.quantity) + by);
  shown.dataset.quantity = quantity;
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 3 }).format(quantity / 1000);
  shown.textContent = `${number} ${shown.dataset.unit}`.trim();
}

$("search").addEventListener("input", () => {
  $("search-clear").hidden = !$("search").value;
  clearTimeout(goods.timer);
  goods.timer = setTimeout(goods, TYPING_MS);
});
addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "place") order(event.target);
  else if (own && event.target.closest("#state")) own.submit(event.target);
  else if (event.target.id === "sign-in-form") signIn("sign-in", event.target);
  else if (event.target.id === "sign-in-code") signIn("sign-in/code", event.target);
});
addEventListener("change", (event) => {
  if (event.target.name === "slot") event.target.form.dataset.slot = event.target.value;
  const { name, form } = event.target;
  if (!["fulfilment", "tip"].includes(name)) return;
  if (name === "fulfilment") form.querySelector(".door").hidden = event.target.value !== "delivery";
  terms(form);
  if (name === "tip" && event.target.value === "own") form.elements.tip_sum.focus();
});
addEventListener("input", (event) => {
  if (!["postal_code", "tip_sum"].includes(event.target.name)) return;
  clearTimeout(terms.timer);
  terms.timer = setTimeout(terms, TYPING_MS, event.target.form);
});
listenToScanner(() => !document.querySelector("dialog[open]"), () => $("search"), (code) => {
  if (isKiosk) $("welcome").hidden = true; // what is scanned first begins, in the shop's language
  add({ code });
});

for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (touched = Math.max(touched, Date.now())), true);
if (isKiosk) {
  for (const name of ["contextmenu", "dragstart", "dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  // A scanner, or a keyboard that somebody plugs in, opens and closes nothing of the browser's.
  addEventListener("keydown", (event) => {
    const held = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    if (held || /^(F\d+|Browser\w*|Launch\w*|ContextMenu|Print\w*)$/.test(event.key)) event.preventDefault();
  }, true);
  let told = touched;
  setInterval(() => {
    const idle_s = (Date.now() - touched) / 1000;
    if ($("offline").hidden) look(); // else it is looked less and less
    if ($("done").open) touched = Math.max(touched, Date.now());
    else if (!$("welcome").hidden) {
      if (idle_s >= IDLE_S) forgetModes();
    } else if (idle_s >= IDLE_S) begin();
    else if (idle_s >= WARN_S) {
      $("left").textContent = Math.ceil(IDLE_S - idle_s);
      if (!$("still").open) {
        $("still").showModal();
        say($("still-title").innerText);
      }
    } else if (touched > told + 10_000) {
      told = touched;
      refresh("yes");
    }
  }, 1000);
  if (sessionStorage.getItem("started") === "yes") $("welcome").hidden = true;
  for (const mode of (sessionStorage.getItem("modes") ?? "").split(" ").filter(Boolean)) setMode(mode, true);
}
addEventListener("focusin", ({ target }) => {
  const label = target.labels?.[0]; // of a choice its text alone, not all that may be chosen
  say(target.getAttribute("aria-label") ?? (label ? label.firstChild.textContent.trim() || label.innerText : target.innerText));
});
if (!isKiosk) {
  // A phone's way back closes what is open, as in any app, and leaves the shop only from its shelf.
  new MutationObserver(() => {
    if ($("sheet").open && !history.state?.sheet) history.pushState({ sheet: true }, "");
    else if (!$("sheet").open && history.state?.sheet) history.back();
  }).observe($("sheet"), { attributeFilter: ["open"] });
  addEventListener("popstate", () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
}
globalThis.speechSynthesis?.addEventListener("voiceschanged", offerVoices);
offerVoices();
if (take) {
  history.replaceState(null, "", `${base}?lang=${lang}`); // the link is the cart: it stays in no history
  $("take").showModal();
}
document.body.dataset.ready = "yes";
