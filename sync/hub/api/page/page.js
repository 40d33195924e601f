// Head office for all shops: who is signed in, which area is shown, and when it's refreshed. Areas call the hub's
// API as that user and draw the answers.

import * as areas from "./areas.js";
import { close as closeComposer, onComposed } from "./composer.js";
import "./csv.js";
import { making } from "./making.js";
import { ask, byId, dateLocale, Fault, moment, moved, nameStores, refusal, rowsOf, state, storeName, t, words } from "./common.js";
import { onChanged } from "./edit.js";
import { employees } from "./employees.js";
import { forgetful, invited } from "./invited.js";
import { myself } from "./myself.js";
import { askAgain, questions } from "./questions.js";
import { settings } from "./settings.js";
import { texts } from "./texts.js";
import { boxes, figures, receipts, today } from "./today.js";

const AGAIN_MS = 60_000;
const IDLE_MS = 10 * 60_000; // untouched for so long, it is nobody's page any more, however often it asks by itself
const TOKEN = "edge-hub-token";
const USED = "edge-hub-used"; // when somebody touched it last
const DRAWN = { today, questions, boxes, ...areas, making, texts, settings, employees, myself }; // the first that somebody may see is shown first
const RIGHTS = { boxes: "read:boxes", stores: "read:boxes", settings: "read:boxes", people: "people", texts: "read:texts" }; // of the others: read

let asked = 0; // how often anything was asked for: an older answer than the newest is not drawn
state.lang = choose(localStorage.getItem("edge-hub-lang") || navigator.language.slice(0, 2));
state.token = sessionStorage.getItem(TOKEN) || "";

function choose(wanted) {
  return wanted in words ? wanted : state.lang;
}

function mayShow(area) {
  if (area === "myself") return true;
  const { may } = state.me;
  const right = RIGHTS[area] || "read";
  return may.includes(right) || (right.startsWith("read:") && may.includes("read"));
}

function area() {
  const wanted = location.hash.slice(2); // "#/stock": no id of the page, to which a browser would scroll
  const open = Object.keys(DRAWN).filter(mayShow);
  return open.includes(wanted) ? wanted : open[0];
}

// The links below a heading of the menu, up to the next one.
function linksBehind(heading) {
  const found = [];
  for (let one = heading.nextElementSibling; one?.matches("a"); one = one.nextElementSibling) found.push(one);
  return found;
}

async function show(again = false) {
  const mine = (asked += 1);
  const shown = area();
  for (const link of document.querySelectorAll(".groups a")) {
    link.hidden = !mayShow(link.dataset.area);
    if (link.dataset.area === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const part of document.querySelectorAll(".groups .part")) part.hidden = !linksBehind(part).some((link) => !link.hidden);
  for (const part of document.querySelectorAll("[data-of]")) part.hidden = !part.dataset.of.split(" ").includes(shown);
  byId("not-all").hidden = true;
  await DRAWN[shown](() => mine === asked, again);
  if (mine !== asked) return;
  byId("read-at").textContent = t("read_at", { at: moment(new Date()) });
  if (document.body.dataset.area !== shown) scrollTo(0, 0);
  document.body.dataset.area = shown;
  document.body.dataset.shown = String(mine);
}

async function within(act) {
  try {
    await act();
    tell("");
  } catch (error) {
    if (!(error instanceof Fault) && !(error instanceof TypeError)) throw error;
    if (error.status === 401 && state.token) return signedOut(t("over"));
    tell(error instanceof Fault ? refusal(error) : t("away"));
  }
}

function tell(text) {
  byId("fault").textContent = text;
  byId("fault").hidden = !text;
}

function speak() {
  document.documentElement.lang = state.lang;
  document.documentElement.style.setProperty("--colon", JSON.stringify(t("colon")));
  document.documentElement.dir = t("direction");
  byId("language").replaceChildren(...Object.entries(words).map(([code, said]) => new Option(said.own_name, code, false, code === state.lang)));
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = t(place.dataset.word);
  // Table cells that phones show as cards have a label as well (narrow.js), but that's a heading, not the name of a word.
  for (const place of document.querySelectorAll("[data-label]:not(td, th)")) place.setAttribute("aria-label", t(place.dataset.label));
  for (const link of document.querySelectorAll("[data-area]")) if (link !== document.body) link.title = t(`area_${link.dataset.area}`);
  document.title = t("title");
  document.body.dataset.dates = dateLocale();
  document.body.dataset.showAll = t("show_all", { count: "{count}" });
  Object.assign(byId("fault-words").dataset, { date: t("date_wrong"), letters: t("date_letters"), before: t("month_before"), after: t("month_after") });
  Object.assign(byId("file-words").dataset, { choose: t("file_choose"), none: t("file_none") });
  dispatchEvent(new Event("languagechange"));
}

function showDoor(open) {
  byId("welcome").hidden = true;
  byId("door").hidden = !open;
  for (const part of document.querySelectorAll(".signed")) part.hidden = open;
}

function signedOut(why = "") {
  state.token = "";
  asked += 1;
  sessionStorage.removeItem(TOKEN);
  for (const place of document.querySelectorAll("#shops .wide, #store, #tenant, #scope, #day-figures, #h-edit, #edit .fields, #edit pre")) place.replaceChildren();
  byId("edit").close();
  closeComposer();
  showDoor(true);
  tell(why);
}

function signedIn(found) {
  state.token = found.token;
  sessionStorage.setItem(TOKEN, found.token);
  sessionStorage.setItem(USED, String(Date.now()));
}

function leftAlone() {
  if (!state.token || Date.now() - Number(sessionStorage.getItem(USED)) < IDLE_MS) return false;
  ask("/v1/sign-out", {}).catch(() => {}); // its token ends by itself, too
  signedOut(t("over"));
  return true;
}

for (const what of ["pointerdown", "keydown", "input"]) {
  addEventListener(what, ({ isTrusted }) => {
    if (isTrusted && !leftAlone() && state.token) sessionStorage.setItem(USED, String(Date.now()));
  }, { capture: true, passive: true });
}

async function enter() {
  state.follows = true;
  state.me = await ask("/v1/me");
  byId("tenant").replaceChildren(...state.me.memberships.map((one) => new Option(one.tenant, one.tenant)));
  byId("tenant").value = state.me.tenant;
  showDoor(false);
  await scopes();
  await show();
}

// All stores, a group, or one store: the scope of every area.
async function scopes(kept = {}) {
  state.scope = {};
  const rows = mayShow("stores") ? await rowsOf("stores") : [];
  state.kept = rows.filter((row) => row.currency);
  state.names = {};
  nameStores(rows);
  state.zones = Object.fromEntries(rows.map((row) => [row.store, row.zone]));
  const groups = [...new Set(rows.map((row) => row.store_group).filter(Boolean))].sort();
  state.groups = groups;
  byId("scope").replaceChildren(
    new Option(t("all_stores"), "{}"),
    ...groups.map((group) => new Option(t("of_group", { group }), JSON.stringify({ group }))),
    ...rows.map((row) => new Option(storeName(row.store), JSON.stringify({ store: row.store }))),
  );
  const value = JSON.stringify(kept);
  if ([...byId("scope").options].some((one) => one.value === value)) {
    byId("scope").value = value;
    state.scope = kept;
  }
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const body = { email: form.email.value, password: form.password.value };
  if (form.code.value) body.code = form.code.value;
  void within(async () => {
    try {
      signedIn(await ask("/v1/sign-in", body));
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 401) throw error;
      const wanted = error.code === "code_wanted";
      if (wanted) {
        byId("code").hidden = false;
        form.code.focus();
      }
      throw new Fault(400, { detail: t(wanted ? "code_wanted" : "wrong") });
    }
    form.reset();
    byId("code").hidden = true;
    await enter();
  });
});
byId("sign-out").addEventListener("click", () => void within(async () => {
  await ask("/v1/sign-out", {});
  signedOut();
}));
byId("tenant").addEventListener("change", (event) => void within(async () => {
  signedIn(await ask("/v1/switch", { tenant: event.target.value }));
  await enter();
}));
byId("scope").addEventListener("change", (event) => {
  state.scope = JSON.parse(event.target.value);
  void within(show);
});
byId("language").addEventListener("change", (event) => {
  state.lang = choose(event.target.value);
  localStorage.setItem("edge-hub-lang", state.lang);
  speak();
  if (state.token && state.me) void within(async () => {
    await scopes(state.scope);
    await show();
  });
});
addEventListener("hashchange", () => { if (state.token && state.me) void within(show); });

function turn(date) {
  if (!date) return;
  state.day = date;
  state.follows = false;
  void within(show);
}
byId("date").addEventListener("change", (event) => turn(event.target.value));
byId("earlier").addEventListener("click", () => turn(moved(state.day, -1)));
byId("later").addEventListener("click", () => turn(moved(state.day, 1)));
byId("store").addEventListener("change", () => void within(receipts));
byId("number").addEventListener("change", () => void within(receipts));
byId("of").addEventListener("change", () => void within(figures));
for (const id of ["order-state", "payment-show", "stock-show", "stock-sku", "work-show", "making-sku", "texts-from", "texts-to", "texts-show", "texts-kind", "settings-show", "settings-name"]) byId(id).addEventListener("change", () => void within(show));
byId("question").addEventListener("submit", (event) => {
  event.preventDefault();
  void within(() => askAgain(event.target));
});
onChanged(() => void within(async () => {
  if (area() === "stores") await scopes(state.scope); // one was added or got another name
  await show();
}));
onComposed(() => void within(show));
setInterval(() => { if (!leftAlone() && state.token && state.me && !document.hidden) void within(() => show(true)); }, AGAIN_MS);

speak();
showDoor(true);
forgetful(within);
const link = invited(within, async (found) => {
  signedIn(found);
  location.hash = "/myself"; // where a second factor is set up; and the link is gone from the address
  await enter();
});
if (!link && !leftAlone() && state.token) void within(enter);
