// The kiosk, also used on phones: touches go to the box, which answers with the updated cart.

import { TYPING_MS, checkout } from "./checkout.js";
import { showFromTop } from "./from_top.js";
import { allAnswered, ask, go, isAway, look, whileAway } from "./kiosk_line.js";
import { payHere, stopPaying } from "./kiosk_pay.js";
import { forgetModes, recallModes, say, switchMode } from "./modes.js";
import { chosenIn, minded } from "./modifier_choice.js";
import { orderEdits } from "./order_edits.js";
import { listen as listenToScanner } from "./wedge.js";

const { base, register, lang, home, place, take } = document.body.dataset;
const IDLE_S = Number(document.body.dataset.idle);
const WARN_S = Number(document.body.dataset.warn);
const TOAST_MS = 5000;

const $ = (id) => document.getElementById(id);
const isKiosk = base === "/kiosk";
let category = "";
let asked = 0;
let touched = Date.now();
let waiting = null; // what is done once the customer said how old they are
let agesSaid = 0;
let leaving = false; // whoever was here goes: nothing of theirs is shown, and the next one begins on a fresh page
let own = null; // the order whose QR was read here, and what may be changed of it
const order = checkout({ show, toast, refresh, askAge, placed });
whileAway(refresh);

// A popover, so that it appears above an open dialog and its backdrop.
function toast(text) {
  if (!text) return;
  untoast();
  $("toast").textContent = text;
  $("toast").hidden = false;
  $("toast").showPopover();
  toast.timer = setTimeout(untoast, TOAST_MS);
  say(text);
}

function untoast() {
  clearTimeout(toast.timer);
  $("toast").hidden = true;
  if ($("toast").matches(":popover-open")) $("toast").hidePopover();
}

function show(cart) {
  if (typeof cart !== "string" || leaving) return;
  const lines = () => $("cart").querySelector(".lines");
  const { scrollTop = 0, childElementCount: before = 0 } = lines() ?? {};
  const held = $("cart").contains(document.activeElement) ? document.activeElement : null;
  const line = held?.closest("[data-line]")?.dataset.line;
  $("cart").innerHTML = cart;
  // Scroll to a new line, otherwise keep the scroll position; keep the focus too, for keyboard users.
  if (lines()) lines().scrollTop = lines().childElementCount > before ? lines().scrollHeight : scrollTop;
  const same = line ? `[data-line="${line}"] [data-change="${held.dataset.change}"]` : held?.id && `#${held.id}`;
  if (held) ($("cart").querySelector(same || "button") ?? $("cart").querySelector("button") ?? $("search")).focus();
  say($("cart").querySelector(".total")?.textContent);
  askInTime();
}

// A phone's cart reserves its products for a limited time, however often it is touched: then the phone asks, and a yes
// reserves again what is still available. A kiosk asks instead whether anyone is there.
function askInTime() {
  clearTimeout(askInTime.timer);
  const { left, over } = $("cart").querySelector("[data-left]")?.dataset ?? {};
  if (isKiosk || left === undefined) return;
  askInTime.timer = setTimeout(async () => {
    if (!$("sure").open && (await askSure(over))) await refresh("yes");
  }, Number(left) * 1000);
}

async function refresh(touch = "no") {
  const answer = await ask(`cart?touch=${touch}`);
  if (answer.status === 200) show(answer.body.cart);
}

// Asks for confirmation; walking away counts as no.
function askSure(question) {
  $("sure-title").textContent = question;
  $("sure").returnValue = "";
  $("sure").showModal();
  say(question);
  return new Promise((answer) => $("sure").addEventListener("close", () => answer($("sure").returnValue === "yes"), { once: true }));
}

// An order whose QR code was scanned here: its status, and what the customer may still change.
async function showOrder(secret, scanned = "") {
  const answer = await ask("order", { secret, scanned });
  if (answer.status !== 200) return toast(answer.body?.refused?.message ?? answer.body?.error?.message);
  $("welcome").hidden = true; // somebody is here now: who walks away is noticed
  own = orderEdits(`/order/${secret}`, lang, askSure, () => showOrder(secret));
  $("done").close();
  const open = $("sheet").querySelector(".edit")?.open;
  $("sheet").innerHTML = answer.body;
  if (open) $("sheet").querySelector(".edit")?.setAttribute("open", "");
  showFromTop($("sheet"));
  say($("sheet").querySelector("h1")?.innerText);
}

// Adds an item to the cart, asking the customer's age once if the item needs it.
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
  const mine = $("sheet").querySelector(".one");
  minded($("sheet"), () => tellPrice(mine));
  showFromTop($("sheet"));
  say($("sheet").querySelector(".tell")?.innerText);
}

// The price with the selected modifiers, as the box would charge it; empty until it's known.
let priced = 0;

async function tellPrice({ dataset: { sku } }) {
  const mine = ++priced;
  $("price")?.replaceChildren();
  const answer = await ask(`goods/${encodeURIComponent(sku)}/price?${new URLSearchParams({ modifiers: chosenIn($("sheet")) })}`);
  if (mine === priced && answer.status === 200 && $("price")) $("price").innerHTML = answer.body;
}

// Every tap counts, even before the box has answered the previous one: changes are sent one after the other, and only
// the last answer redraws the cart.
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

function placed(answer) {
  if (!isKiosk) {
    location.href = `/order/${answer.secret}`;
    return;
  }
  $("sheet").close();
  $("done").innerHTML = answer.html;
  showFromTop($("done"));
  say($("done").innerText);
  const shownMs = Number(document.body.dataset.done) * 1000 * (document.body.matches(".large, .spoken") ? 2 : 1);
  let until = Date.now() + shownMs;
  const again = () => (until = Date.now() + shownMs);
  $("done").onpointerdown = $("done").onkeydown = again; // whoever touches it is still reading
  const count = setInterval(() => {
    if ($("pay-told")?.dataset.paying) again(); // nobody else is served while a card pays
    const left = Math.ceil((until - Date.now()) / 1000);
    if ($("next")) $("next").textContent = $("next").dataset.text.replace("{left}", left);
    if (left <= 0) begin();
    if (left <= 0 || !$("done").open) clearInterval(count);
  }, 1000);
  refresh();
}

// Resets for the next customer: nothing of this one stays on the page, even if the box is away. A touch on the welcome
// screen meanwhile takes effect once the box has closed the cart.
async function begin() {
  if (leaving) return;
  leaving = true;
  delete document.body.dataset.ready;
  agesSaid = 0;
  own = waiting = null;
  forgetModes();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const id of ["cart", "sheet", "done"]) $(id).replaceChildren();
  $("search").value = "";
  untoast();
  $("welcome").hidden = false;
  for (const kept of ["started", "over"]) sessionStorage.removeItem(kept);
  begin.at = `${base}?register=${register}&lang=${home}`;
  await allAnswered();
  await go(() => begin.at, async () => (await ask("leave", {})).status === 200);
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
  else if (mode) switchMode(mode);
  else if (language || start) {
    event.preventDefault();
    sessionStorage.setItem("started", "yes");
    if (leaving) begin.at = button.href;
    else if ((language || start) === lang) $("welcome")?.setAttribute("hidden", "");
    else await go(() => button.href);
  } else if (button.dataset.drop) {
    const answer = await ask("coupon/drop", { coupon: button.dataset.drop });
    if (answer.status === 200) show(answer.body.cart);
    else toast(answer.body?.refused?.message);
  } else if (button.hasAttribute("data-close")) button.closest("dialog").close();
  else if (own && button.closest("#state")) own.click(button);
  else if (button.id) await byId(button.id);
  else if (isKiosk && button.href) {
    event.preventDefault();
    await go(() => button.href);
  }
});

async function byId(id) {
  if (id === "put") {
    const { sku, age } = $("sheet").querySelector(".one").dataset;
    const wanted = { sku, quantity: Number($("much").dataset.quantity), modifiers: chosenIn($("sheet")) };
    const put = async () => {
      const button = $("put");
      button.disabled = true; // a hasty finger puts it in once
      await add(wanted);
      button.disabled = false;
    };
    if (Number(age) > agesSaid) askAge(Number(age), put);
    else await put();
  } else if (id === "checkout") await order.open();
  else if (["elsewhere", "sign-in", "my-cart"].includes(id)) {
    const answer = await ask(id === "elsewhere" ? id : "sign-in");
    if (answer.status !== 200) return;
    $("sheet").innerHTML = answer.body; // in the place of the question how it is wanted
    if (!$("sheet").open) $("sheet").showModal();
    $("sheet").querySelector("input")?.focus();
    say($("sheet").innerText);
  } else if (id === "use-coupon") await order.useCoupon();
  else if (id === "sure-yes" || id === "sure-no") $("sure").close(id === "sure-yes" ? "yes" : "");
  else if (id === "pay-here") await payHere($(id));
  else if (id === "pay-stop") await stopPaying();
  else if (id === "change-order") await showOrder($("change-order").dataset.secret);
  else if (id === "age-yes" || id === "age-no") {
    $("age").close();
    if (id === "age-yes") waiting?.();
    else if ($("sheet").querySelector(".one")) $("sheet").close(); // what is not for them is not before them
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
  } else if (id === "call") {
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
  if (own && event.target.closest("#state")) own.submit(event.target);
});
addEventListener("cart-opened", ({ detail }) => {
  show(detail.cart);
  goods(); // a customer's own prices
  $("sheet").close();
  toast(detail.told);
});
listenToScanner(() => !document.querySelector("dialog[open]"), () => $("search"), (code) => {
  if (isKiosk) $("welcome").hidden = true; // what is scanned first begins, in the shop's language
  add({ code });
});

for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (touched = Math.max(touched, Date.now())), true);
if (isKiosk) {
  for (const name of ["contextmenu", "dragstart", "dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  // A scanner, or a keyboard someone plugs in, mustn't trigger browser shortcuts.
  addEventListener("keydown", (event) => {
    const held = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    if (held || /^(F\d+|Browser\w*|Launch\w*|ContextMenu|Print\w*)$/.test(event.key)) event.preventDefault();
  }, true);
  let told = touched;
  setInterval(() => {
    const idle_s = (Date.now() - touched) / 1000;
    if (!isAway()) look(); // else it is looked less and less
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
}
recallModes();
askInTime();
if (!isKiosk) {
  // As in any app, a phone's back button closes what is open, and leaves the shop only from the product list.
  new MutationObserver(() => {
    if ($("sheet").open && !history.state?.sheet) history.pushState({ sheet: true }, "");
    else if (!$("sheet").open && history.state?.sheet) history.back();
  }).observe($("sheet"), { attributeFilter: ["open"] });
  addEventListener("popstate", () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
}
if (take) {
  history.replaceState(null, "", `${base}?lang=${lang}`); // the link is the cart: it stays in no history
  $("take").showModal();
}
if (isKiosk && sessionStorage.getItem("over") === "yes") begin(); // whoever was here said so on another page
document.body.dataset.ready = "yes";
