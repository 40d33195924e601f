// The line of a kiosk or phone to the box: what is asked of it, and what is done while it does not answer.

import { backOff } from "./back_off.js";

const { base, register, lang } = document.body.dataset;
const ANSWER_MS = 15_000; // an answer that never comes is none: the screen says so, and looks again
const LOST_MS = 1000; // before the first look whether the box answers again
const offline = document.getElementById("offline");
const underway = new Set(); // what was asked and is not answered yet
const lost = backOff(LOST_MS, base === "/kiosk" ? 8000 : 60_000); // a kiosk is there for one thing
let again = 0; // the next look, while the box is away
let back = () => {};

// `then()` is done as long as the box is away, now and then: the screen is to show what is so when it is there again.
export const whileAway = (then) => (back = then);
export const isAway = () => !offline.hidden;
export const allAnswered = () => Promise.allSettled(underway);

// `status` 0: no answer. `body`: what was answered, an object or a text.
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

// It is let in no more: nothing of anybody stays on the screen, which asks to be let in again.
function shut() {
  document.body.hidden = true;
  location.replace("/pair");
}

// Whether this screen is still let in, and the box there; one look at a time.
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

// To another page only once the box answers: while it restarts, a browser would show words of its own. `address()` is
// asked at each try; `first()` says whether what has to be done before is done.
export async function go(address, first = async () => true) {
  for (;;) {
    try {
      const there = (await fetch(address(), { cache: "no-store" })).status < 500;
      if (there && (await first())) break;
    } catch {
      // it is away
    }
    offline.hidden = false;
    await new Promise((done) => setTimeout(done, lost.next()));
  }
  location.replace(address());
}
