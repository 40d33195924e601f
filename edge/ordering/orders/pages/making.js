// Picking and preparing orders: tap a line to tick it, or scan to tick one piece; then mark the whole order as ready.

import { messageOf, send } from "./outbox.js";
import { listen } from "./push.js";
import { beep, ring } from "./sound.js";
import { showWaits } from "./waits.js";

const $ = (id) => document.getElementById(id);
const station = new URLSearchParams(location.search).get("station") ?? "";
let chosen = ""; // the order that scans go into; empty: the first that wants what was scanned
let known = null; // the orders that were on the page before

async function command(name, body) {
  const answer = await send(name, body);
  $("making-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  if (answer?.status !== 200) beep();
  return answer;
}

const tickets = () => [...document.querySelectorAll("#making [data-order]")];
const linesOf = (ticket) => [...ticket.querySelectorAll("li:not([hidden]) [data-line]")];
const isDone = (line) => line.getAttribute("aria-pressed") === "true";

// With several stations, each shows only its own lines, and hides tickets without any.
// A line not assigned to a station is shown on all.
function sift() {
  showWaits();
  const stations = $("making").dataset.stations.split(" ").filter(Boolean);
  const nav = $("stations");
  nav.hidden = !stations.length && !station;
  nav.replaceChildren(...["", ...new Set([...stations, ...(station ? [station] : [])])].map((name) => {
    const link = document.createElement("a");
    const query = new URLSearchParams(location.search);
    query.delete("station");
    if (name) query.set("station", name);
    link.href = `?${query}`;
    link.textContent = name || nav.dataset.all;
    if (name === station) link.setAttribute("aria-current", "page");
    return link;
  }));
  let shown = 0;
  for (const ticket of tickets()) {
    for (const line of ticket.querySelectorAll("li")) line.hidden = Boolean(station && line.dataset.stations && !line.dataset.stations.split(" ").includes(station));
    ticket.hidden = !linesOf(ticket).length;
    ticket.setAttribute("aria-current", String(ticket.dataset.order === chosen));
    shown += !ticket.hidden;
  }
  $("none-here").hidden = Boolean(shown) || !tickets().length;
  const now = new Set(tickets().filter((ticket) => !ticket.hidden).map((ticket) => ticket.dataset.order));
  if (known && [...now].some((order) => !known.has(order))) ring();
  known = now;
}

async function scanned(code) {
  const open = tickets().filter((ticket) => !ticket.hidden && ticket.dataset.state !== "placed");
  const first = open.filter((ticket) => ticket.dataset.order === chosen);
  let refused = null;
  for (const ticket of first.length ? first : open) {
    const answer = await send("TickLines", { order: ticket.dataset.order, code });
    if (answer?.status === 200) {
      $("making-error").textContent = "";
      return;
    }
    refused = answer;
    if (!["not_in_order", "picked_already"].includes(answer?.body.refused?.code)) break;
  }
  if (refused) $("making-error").textContent = messageOf(refused);
  beep();
}

addEventListener("click", async ({ target }) => {
  const ticket = target.closest("#making [data-order]");
  if (!ticket) return;
  const { order } = ticket.dataset;
  const button = target.closest("button");
  if (!button) {
    chosen = chosen === order ? "" : order;
    sift();
  } else if (button.dataset.line) await command("TickLines", { order, lines: [Number(button.dataset.line)], done: !isDone(button) });
  else if (button.dataset.to) await command("MoveOrder", { order, to: button.dataset.to });
  else if ("all" in button.dataset) {
    const lines = linesOf(ticket).filter((line) => !isDone(line)).map((line) => Number(line.dataset.line));
    if (lines.length) await command("TickLines", { order, lines });
  }
});

$("pick").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { code } = $("pick").elements;
  const text = code.value.trim();
  code.value = "";
  if (text) await scanned(text);
});

// A scanner types like a keyboard: typing anywhere goes into the code box.
addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey, target }) => {
  if (key.length === 1 && key !== " " && !ctrlKey && !altKey && !metaKey && !target.closest("input, dialog")) $("pick").elements.code.focus();
});

// Keep the screen on: people read it even if no one touches it for an hour. Browsers only allow this over TLS.
const awake = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", awake);
awake();

listen(sift);
sift();
