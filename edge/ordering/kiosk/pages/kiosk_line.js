// The connection from a kiosk or phone to the box: requests, and what happens while it doesn't answer.

import { backOff } from "./back_off.js";

const { base, register, lang } = document.body.dataset;
const ANSWER_MS = 15_000; // an answer that never comes is none: the screen says so, and looks again
const LOST_MS = 1000; // before the first look whether the box answers again
const offline = document.getElementById("offline");
const underway = new Set(); // what was asked and is not answered yet
const lost = backOff(LOST_MS, base === "/kiosk" ? 8000 : 60_000); // a kiosk is there for one thing
let again = 0; // the next look, while the box is away
let back = () => {};

// `then()` is called now and then while the box is away, to bring the screen up to date when it's back.
export const whileAway = (then) => (back = then);
export const isAway = () => !offline.hidden;
export const allAnswered = () => Promise.allSettled(underway);

// `status` 0: no answer. `body`: the answer, as an object or text.
export function ask(path, body, method = body === undefined ? "GET" : "POST") {
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

// This screen's pairing has ended: show no one's data, and ask to be paired again.
function shut() {
  document.body.hidden = true;
  location.replace("/pair");
}

// Checks that the box answers and this screen is still paired; one check at a time.
export async function look() {
  if (look.under) return;
  look.under = true;
  await ask("cart");
  look.under = false;
}

function online(yes) {
  offline.hidden = yes;
  if (yes) lost.over();
  else again ||= setTimeout(lookAgain, lost.next());
}

function lookAgain() {
  again = 0;
  return back();
}

// Opens another page only once the box answers, as the browser would show its own error page otherwise. `address()` is
// called for each try; `first()` returns whether the work that has to come first is done.
export async function go(address, first = async () => true) {
  for (;;) {
    try {
      const there = (await fetch(address(), { cache: "no-store" })).status < 500;
      if (there && (await first())) break;
    } catch {
      // the box is away
    }
    offline.hidden = false;
    await new Promise((done) => setTimeout(done, lost.next()));
  }
  location.replace(address());
}
