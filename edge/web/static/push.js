// What the server pushes: htmx puts the fragments in their places; here is what follows from that.

import { beep } from "./sound.js";
import "./use.js";

const SILENCE_MS = 75_000; // the clock is pushed every minute: after this long the line is dead

const LET_IN_NO_MORE = 1008; // whoever opened this page may not see it any more; what was typed into it stays

let socket = null;
let line = null; // the WebSocket behind it: one that `reconnect` replaces may say good-bye behind the new one's first word
let heard = Date.now();
let notice = null;
let after = () => {};
const ASKS = "asks for a code"; // the server's ASKS_FOR_CODE
let asking = false;
let taken = () => {};

const link = (state) => (document.body.dataset.link = state);

// Listens from its import on, which is before htmx connects: a page that fetches something before it calls `listen` would
// otherwise miss that its line is open, and take itself for cut off until the clock is pushed.
htmx.config.wsReconnectDelay = (attempt) => Math.min(250 * 2 ** attempt, 2000);
addEventListener("htmx:wsOpen", ({ detail }) => {
  socket = detail.socketWrapper;
  line = detail.event.target;
  heard = Date.now();
  link("open");
  if (asking) line.send(ASKS);
});
addEventListener("htmx:wsBeforeMessage", (event) => {
  if (!event.detail.message.startsWith("{")) return;
  event.preventDefault();
  heard = Date.now();
  taken(JSON.parse(event.detail.message).code);
});
addEventListener("htmx:wsClose", ({ detail }) => {
  if (line && detail.event?.target !== line) return;
  link("closed");
  if (detail.event?.code === LET_IN_NO_MORE) showOver(true);
});
addEventListener("htmx:wsAfterMessage", () => {
  heard = Date.now();
  link("open");
  hearNotice();
  after();
});
setInterval(() => {
  const over = document.getElementById("over")?.hidden === false;
  if (socket && !over && Date.now() - heard > SILENCE_MS) {
    heard = Date.now();
    link("closed");
    socket.reconnect();
  }
}, 5000);
notice = document.getElementById("notice")?.dataset.number ?? null;

// `then` is called whenever fragments were put in their places.
export const listen = (then = () => {}) => (after = then);

// `take` is given what was read at this register while the page asked for a code: also what comes when it asks no more.
export const onCode = (take) => (taken = take);

// While `does`, what a scanner with a driver reads at this register comes here and is not sold.
export function asksForCode(does) {
  if (does === asking) return;
  asking = does;
  if (line?.readyState === WebSocket.OPEN) line.send(does ? ASKS : "");
}

// Whoever this page is for has shown who they are again.
export function goOn() {
  if (document.getElementById("over")?.hidden !== false) return;
  showOver(false);
  socket?.reconnect();
}

function showOver(over) {
  const line = document.getElementById("over");
  if (line) line.hidden = !over;
}

export const connected = () => document.body.dataset.link === "open";

// A refusal that only this page knows of, because the line is down.
export function say(text) {
  const line = document.getElementById("notice");
  line.textContent = text;
  line.hidden = false;
  beep();
}

// It was read.
export const hush = () => (document.getElementById("notice").hidden = true);

function hearNotice() {
  const line = document.getElementById("notice");
  if (!line || line.dataset.number === notice) return;
  notice = line.dataset.number;
  if (!line.hidden) beep();
}
