// Commands to send: one after the other, each under its own id, and repeated under that id until answered.

import { uuid7 } from "./ids.js";
import { beep } from "./sound.js";

const WAITING_LIMIT = 50; // further commands are refused with a beep until some are through
const SLOW_MS = 400; // after this long it says "not saved yet"
const RETRY_MS = [200, 400, 800, 1500];

const waiting = [];
let busy = false;

// Whether a command is still unanswered, so that the page may not show its effect yet.
export const pending = () => waiting.length > 0;

// Returns {status, body}; never throws. `grant`: the grant that a PIN gave.
export function send(name, body = {}, grant = null) {
  if (waiting.length >= WAITING_LIMIT) {
    beep();
    return Promise.resolve({ status: 0, body: { full: true } });
  }
  return put({ name, body, grant, id: uuid7() });
}

function put(command) {
  return new Promise((answer) => {
    waiting.push({ ...command, answer });
    if (!busy) drain();
  });
}

// The unanswered commands in order, for a page at another address that takes over: [name, body, id] each, at most `most`
// characters when encoded. Grants are never written down: a command with one is left out, and so are those behind it.
export function unanswered(most) {
  const first = waiting.findIndex(({ grant }) => grant);
  const found = (first < 0 ? waiting : waiting.slice(0, first)).map(({ name, body, id }) => [name, body, id]);
  while (encodeURIComponent(JSON.stringify(found)).length > most) found.pop();
  return JSON.stringify(found);
}

// Sends such commands from the page that takes over, under the same ids, so that each runs once. Returns their answers.
export const resume = (commands) => Promise.all(commands.map(([name, body, id]) => put({ name, body, grant: null, id })));

// Any other request to the API, with JSON or a file; {status: 0} if there is no answer.
export async function ask(method, path, body, headers = {}) {
  const { register, lang, page } = document.body.dataset;
  const file = body instanceof Blob;
  try {
    const answer = await fetch(`/api/v1/${path}`, {
      method,
      headers: {
        "Content-Type": file ? "application/octet-stream" : "application/json",
        "Accept-Language": lang,
        Register: register,
        Surface: page === "cashier" ? "cashier" : "panel",
        ...headers,
      },
      body: file ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

// The message of an answer that isn't a success; without an answer, the offline notice in the page's head; dots if there is
// no message, or if too many commands are waiting (which beeps).
export function messageOf({ status, body }) {
  const cut = status === 0 && !body.full ? document.querySelector(".link-lost")?.textContent : "";
  return (body.refused ?? body.error ?? body.unknown ?? {}).message || cut || "…";
}

async function drain() {
  busy = true;
  while (waiting.length) {
    const command = waiting[0];
    const slow = setTimeout(() => document.body.toggleAttribute("data-unsaved", true), SLOW_MS);
    const answer = await until(command);
    clearTimeout(slow);
    waiting.shift();
    if (!waiting.length) document.body.toggleAttribute("data-unsaved", false);
    command.answer(answer);
  }
  busy = false;
}

async function until(command) {
  for (let attempt = 0; ; attempt++) {
    const headers = { "Idempotency-Key": `"${command.id}"` };
    if (command.grant) headers.Grant = command.grant;
    const answer = await ask("POST", `commands/${command.name}`, command.body, headers);
    // With two boxes, the standby box takes no commands and says where the active box is.
    const { body } = answer;
    const again = answer.status === 0 || "leader" in body || body.unknown || ["busy", "no_leader"].includes(body.code);
    if (!again) return answer;
    document.body.toggleAttribute("data-unsaved", true);
    await new Promise((resume) => setTimeout(resume, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
  }
}
