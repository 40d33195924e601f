// The server pushes fragments and htmx swaps them in; this handles everything that follows from that.

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

// Listens from its import on, before htmx connects: a page that fetches something before it calls `listen` would otherwise
// miss the open connection and believe that it's offline until the clock is next pushed.
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
// A live region stays, with its unchanged parts: screen readers may say nothing of a new one. Parts are compared as they are
// written, since isEqualNode leaves out what is in a template.
const written = (node) => node.outerHTML ?? node.nodeValue;
addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  const fresh = fragment.firstElementChild;
  if (!target.matches("[aria-live], [role=status], [role=alert]") || fresh?.id !== target.id) return;
  detail.shouldSwap = false;
  for (const { name } of [...target.attributes]) if (!fresh.hasAttribute(name)) target.removeAttribute(name);
  for (const { name, value } of fresh.attributes) target.setAttribute(name, value);
  const [was, now] = [[...target.childNodes], [...fresh.childNodes]];
  if (was.length !== now.length) target.replaceChildren(...now);
  else was.forEach((one, at) => written(one) === written(now[at]) || one.replaceWith(now[at]));
  htmx.process(target);
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

// `then` is called each time fragments were swapped in.
export const listen = (then = () => {}) => (after = then);

// `take` gets each code read at this register while the page asked for codes, including one that arrives just after it stopped.
export const onCode = (take) => (taken = take);

// While `does` is true, codes from a scanner with a driver at this register come to this page instead of being sold.
export function asksForCode(does) {
  if (does === asking) return;
  asking = does;
  if (line?.readyState === WebSocket.OPEN) line.send(does ? ASKS : "");
}

// Reconnects once the user of this page has signed in again.
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

// Shows a refusal that comes from this page itself, because the connection is down.
export function say(text) {
  const line = document.getElementById("notice");
  line.textContent = text;
  line.hidden = false;
  beep();
}

// Hides it once it was read.
export const hush = () => (document.getElementById("notice").hidden = true);

function hearNotice() {
  const line = document.getElementById("notice");
  if (!line || line.dataset.number === notice) return;
  notice = line.dataset.number;
  if (!line.hidden) beep();
}
