// Commands that need a PIN. At the till it's asked for each time and approves that one command, unless the signed-in user
// may run it; on the manager's pages it's asked for once, and the browser keeps the grant for all commands.

import { open, tell as say } from "./dialogs.js";
import { ask, messageOf } from "./outbox.js";
import { goOn } from "./push.js";
import { sendSure } from "./sure.js";

// What a manager's page does with each answer (toast.js); a till does nothing.
const listeners = { command() {}, request() {} };
export const onAnswers = (command, request) => Object.assign(listeners, { command, request });

// The answer to a command that needs a PIN; null if no one entered one.
export async function sendGranted(name, body) {
  const answer = await granted((grant) => sendSure(name, body, grant), name);
  listeners.command(name, answer);
  return answer;
}

// A command that needs a PIN only if the shop requires it (`[till] pin_for`).
export async function sendAsked(name, body = {}) {
  const answer = await sendSure(name, body);
  return answer?.body.refused?.code === "confirm_pin" ? sendGranted(name, body) : answer;
}

// The same for any other request to the API.
export async function askGranted(method, path, body, headers = {}) {
  const answer = await granted((Grant) => ask(method, path, body, { ...headers, Grant }));
  listeners.request(method, answer);
  return answer;
}

// A page or a fragment. A user without permission is told so here: most pages have no place for the message yet.
export async function fetchGranted(address, method = "GET") {
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const joint = address.includes("?") ? "&" : "?";
    const got = await fetch(`${address}${joint}lang=${lang}`, { method, headers: { Register: register, Surface: "panel", Grant } });
    const text = await got.text();
    return { status: got.status, text, body: got.status === 403 ? refusalIn(text) : {} };
  });
  if (answer?.status === 403) say(messageOf(answer));
  return answer;
}

// A locked page isn't JSON.
function refusalIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// `command`: the command that the PIN approves, if any. A user who just entered a PIN without the right is told so instead of
// being asked again; next time someone else can enter theirs. If this page or register may never do it, no PIN is asked for.
export async function granted(request, command = "") {
  for (let mayAlone = approvesAlone(command); ; mayAlone = false) {
    const fresh = !managing() && !mayAlone;
    const grant = fresh ? await enterPin(command) : "";
    if (grant === null) return null;
    const answer = await request(grant);
    const why = answer?.body?.refused?.code;
    if (answer?.status === 200) goOn(); // whoever is answered is let in, whatever the page was told before
    if (mayAlone && BEYOND_THEM.includes(why)) continue; // somebody else's PIN may allow more
    if (answer?.status !== 403 || NOT_HERE.includes(why) || (fresh && why === "right_denied")) return answer;
    document.body.toggleAttribute("data-managing", false);
  }
}

const NOT_HERE = ["surface_denied", "register_denied"];
const BEYOND_THEM = ["right_denied", "amount_over_right"];

// Whether the user signed in at this till may run it without a PIN.
const approvesAlone = (command) => document.getElementById("signed_in")?.dataset.approves?.split(" ").includes(command) ?? false;

export const managing = () => document.body.hasAttribute("data-managing");

// The grant that the PIN gave; "" if the browser keeps it, null if no one entered a PIN.
async function enterPin(command) {
  const atTill = document.body.dataset.page === "cashier";
  let grant = null;
  const what = wantedBy(command);
  const tell = (dialog) => Object.assign(dialog.querySelector("[data-approves]"), { textContent: what, hidden: !what });
  await open("pin-dialog", async (form) => {
    const entered = { pin: form.get("pin"), person: form.get("person") ?? "" };
    const answer = await ask("POST", "grants", { ...entered, code: form.get("code") ?? "", ...(atTill ? { command } : {}) });
    if (answer.body.refused?.code === "factor_code") askForCode();
    if (saysNameFirst(answer, document.querySelector("#pin-dialog form"))) location.reload();
    if (answer.status !== 200) return messageOf(answer);
    await tellOfFew(answer.body.grant);
    grant = atTill ? answer.body.grant.token : "";
    document.body.toggleAttribute("data-managing", !atTill);
    goOn();
    return null;
  }, tell);
  return grant;
}

// What the PIN will approve, in the till's words: the title of the dialog that asked for it, or the button, and the line.
const BUTTONS = { VoidLine: "void", AbandonBasket: "abandon", SetBasketAside: "park", SetQuantity: "quantity", OverridePrice: "price" };
function wantedBy(command) {
  if (!command) return "";
  const asked = [...document.querySelectorAll("dialog[open]")].at(-1);
  const button = document.querySelector(`[data-act="${BUTTONS[command]}"]`);
  const title = asked?.querySelector("h2")?.textContent ?? button?.firstChild.textContent ?? "";
  const line = document.querySelector('#basket-lines [aria-selected="true"] .name')?.textContent ?? "";
  return [title, ...(asked?.id === "refund-dialog" || command === "AbandonBasket" ? [] : [line])].map((part) => part.trim()).filter(Boolean).join(" · ");
}

// After too many wrong guesses users must choose their name first: the page reloads with the names.
export const saysNameFirst = ({ body }, form) => body.refused?.code === "pin_person_first" && !form.elements.person;

// A user with a second factor is asked for its code after the right PIN.
function askForCode() {
  const field = document.querySelector("#pin-dialog [name=code]");
  field.hidden = false;
  setTimeout(() => field.focus()); // behind `complain`, which goes back to the PIN
}

// Says how many recovery codes are left after one was used up.
function tellOfFew({ recovery_left: left }) {
  if (left !== undefined) return say(document.querySelector("#pin-dialog [data-few]").textContent.replace("{left}", left));
}

// The second tap of a double tap lands outside the dialog: keep the focus, so that typing still goes into it.
document.getElementById("pin-dialog").addEventListener("mousedown", (event) => {
  if (event.target === event.currentTarget) event.preventDefault();
});

document.getElementById("enter-again")?.addEventListener("click", () => enterPin(""));
