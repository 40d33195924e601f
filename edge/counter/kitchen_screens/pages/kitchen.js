// A kitchen station's screen: what to make, oldest first. A tap marks an order as made. The box holds all state, so
// a screen that was disconnected shows the same as the one beside it.

import { messageOf, send } from "./outbox.js";
import { listen } from "./push.js";
import { beep, ring } from "./sound.js";

const AGE_MS = 10_000;
const LATE_MINUTES = 10;
const $ = (id) => document.getElementById(id);
const main = document.querySelector("main");
let known = null; // the tickets that were here before, and as what
let told = ""; // the box's time as the page has it, and when that was by this machine's
let at = 0;

const sections = () => [...document.querySelectorAll("#kitchen [data-station]")];
const wanted = () => new URLSearchParams(location.search).get("station") ?? "";
const current = () => sections().find(({ dataset }) => dataset.station === wanted()) ?? sections()[0];

function ages() {
  const { now } = $("kitchen").dataset;
  if (told !== now) [told, at] = [now, Date.now()];
  for (const ticket of document.querySelectorAll("#kitchen [data-opened]")) {
    const minutes = Math.max(0, Math.trunc((Number(now) - Number(ticket.dataset.opened)) / 60_000_000 + (Date.now() - at) / 60_000));
    ticket.querySelector("[data-age]").textContent = main.dataset.minutes.replace("{minutes}", minutes);
    ticket.classList.toggle("late", minutes >= LATE_MINUTES);
  }
}

function show() {
  const own = current();
  for (const section of sections()) section.hidden = section !== own;
  $("stations").hidden = sections().length < 2;
  $("stations").replaceChildren(...sections().map(({ dataset }) => {
    const link = document.createElement("a");
    const query = new URLSearchParams(location.search);
    query.set("station", dataset.station);
    link.href = `?${query}`;
    link.textContent = dataset.name;
    if (dataset.station === own?.dataset.station) link.setAttribute("aria-current", "page");
    return link;
  }));
  const now = new Set([...(own?.querySelectorAll("article") ?? [])].map(({ dataset }) => `${dataset.ticket} ${dataset.version}`));
  if (known && [...now].some((one) => !known.has(one))) ring();
  known = now;
  ages();
}

addEventListener("click", async ({ target }) => {
  const button = target.closest("#kitchen button");
  if (!button) return;
  const { station } = button.closest("[data-station]").dataset;
  const { ticket, version } = button.closest("[data-ticket]")?.dataset ?? {};
  const { out, there } = button.dataset;
  const asked =
    "bump" in button.dataset ? ["BumpTicket", { station, ticket, version: Number(version) }]
    : "recall" in button.dataset ? ["RecallTicket", { station, ticket }]
    : out ? ["MarkRunOut", { sku: out }]
    : ["MarkBack", { sku: there }];
  button.disabled = true;
  $("kitchen-error").textContent = ""; // of several taps that waited for a network, one that is done hides no refusal
  const answer = await send(...asked);
  button.disabled = false;
  if (answer && answer.status !== 200) $("kitchen-error").textContent = messageOf(answer);
  if (answer?.status !== 200) beep();
});

// Keep the screen on: cooks read it even if no one touches it for an hour. Browsers only allow this over TLS.
const awake = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", awake);
awake();

setInterval(ages, AGE_MS);
listen(show);
show();
