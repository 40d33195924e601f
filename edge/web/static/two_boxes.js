// With two boxes: when this page's box doesn't answer, asks the other one whether it's active, and moves the page there
// with its session and its unanswered commands. The cashier sees "One moment", and then one line about the switch.

import { messageOf, resume, unanswered } from "./outbox.js";
import { beep } from "./sound.js";

const MOMENT_MS = 300; // a line that is made anew at once is no matter
const LOOK_MS = 250;
const WAIT_MS = 900;
const TICKET_MS = 60_000;
const SHOWN_MS = 8_000;
const SEEN_MS = 10_000;
const IDLE_MS = 2_000;
const LED = "#box-leads";
const CARRIED_CHARS = 3000; // of commands that come along: a cookie takes no more. Whoever pressed more presses the rest again
const CARRIED = "edge-carried=";
const { boxes, oneMoment, leadsNow } = document.body.dataset;
const [, other] = boxes.split(" ");
let ticket = "";
let lostAt = 0;
let asking = false;

const line = document.createElement("p");
line.className = "two-boxes";
line.setAttribute("role", "status");
line.hidden = true;
document.body.append(line);

function says(text) {
  line.hidden = !text;
  if (line.textContent !== text) line.textContent = text;
}

async function renew() {
  const answer = await fetch("/twin/ticket", { method: "POST" }).catch(() => null);
  if (answer?.status === 200) ({ ticket } = await answer.json());
}

async function leads(at) {
  const answer = await fetch(`${at}/twin/leads`, { cache: "no-store", signal: AbortSignal.timeout(WAIT_MS) }).catch(() => null);
  return answer?.status === 204;
}

// A box that lost power doesn't close the connection: an unanswered command is the sign that it's gone.
async function look() {
  if (document.body.dataset.link !== "closed" && !document.body.hasAttribute("data-unsaved")) {
    if (lostAt) says("");
    lostAt = 0;
    return;
  }
  lostAt ||= Date.now();
  if (Date.now() - lostAt > MOMENT_MS) says(oneMoment);
  await follow();
}

async function follow() {
  if (asking || !other) return;
  asking = true;
  if (await leads(other)) {
    const to = location.pathname + location.search + LED;
    location.replace(`${other}/twin/arrive?${new URLSearchParams({ ticket, to, carried: unanswered(CARRIED_CHARS) })}`);
  }
  asking = false;
}

// The commands that the other box's page left unanswered: taken from a cookie, as anyone could forge an address.
function carried() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(CARRIED));
  document.cookie = `${CARRIED}; Max-Age=0; Path=/`;
  return found ? JSON.parse(decodeURIComponent(found.slice(CARRIED.length))) : [];
}

async function arrive() {
  history.replaceState(null, "", location.pathname + location.search);
  says(leadsNow);
  setTimeout(() => says(""), SHOWN_MS);
  const refused = (await resume(carried())).find(({ status }) => status !== 200);
  if (!refused) return;
  beep();
  says(messageOf(refused));
}

if (location.hash === LED) arrive();

// While this page's box is active, tell the standby box, so that anyone about to activate it sees which tills still sell here.
function tell() {
  if (!other || document.body.dataset.link !== "open" || !document.body.dataset.register) return;
  fetch(`${other}/twin/seen`, { method: "POST", mode: "no-cors", body: document.body.dataset.register }).catch(() => {});
}

renew();
tell();
setInterval(tell, SEEN_MS);
setInterval(renew, TICKET_MS);
setInterval(look, LOOK_MS);
setInterval(follow, IDLE_MS); // a page at which nobody does anything, too: what it shows may be old
