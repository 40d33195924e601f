// Commands that need a PIN. At the till it is asked for each time, and approves that one command, unless whoever is signed
// in may do it; on the manager's pages it is asked for once, and the browser holds what it gave, for all of them.

import { open } from "./dialogs.js";
import { ask, messageOf } from "./outbox.js";
import { goOn } from "./push.js";
import { sendSure } from "./sure.js";
import { toastOf, toastOfCommand } from "./toast.js";

// The answer to a command that needs the PIN; null if nobody entered it.
export async function sendGranted(name, body) {
  const answer = await granted((grant) => sendSure(name, body, grant), name);
  toastOfCommand(name, answer);
  return answer;
}

// A command that needs a PIN only where the shop says so (`[till] pin_for`).
export async function sendAsked(name, body = {}) {
  const answer = await sendSure(name, body);
  return answer?.body.refused?.code === "confirm_pin" ? sendGranted(name, body) : answer;
}

// The same for any other request to the API.
export async function askGranted(method, path, body, headers = {}) {
  const answer = await granted((Grant) => ask(method, path, body, { ...headers, Grant }));
  toastOf(method, answer);
  return answer;
}

// A page or a piece of one. Whoever may not see it is told so here: most pages have no place for it yet.
export async function fetchGranted(address, method = "GET") {
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (Grant) => {
    const joint = address.includes("?") ? "&" : "?";
    const got = await fetch(`${address}${joint}lang=${lang}`, { method, headers: { Register: register, Surface: "panel", Grant } });
    const text = await got.text();
    return { status: got.status, text, body: got.status === 403 ? refusalIn(text) : {} };
  });
  if (answer?.status === 403) alert(messageOf(answer));
  return answer;
}

// A page that is locked is no JSON.
function refusalIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// `command`: what the PIN approves, where it is one. Whoever just entered theirs and may not is told so, and not asked for
// it again and again; the next time, somebody else's may be entered. What is not done from here at all wants no PIN.
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

// Whether whoever is signed in at this till may do it without a PIN.
const approvesAlone = (command) => document.getElementById("signed_in")?.dataset.approves?.split(" ").includes(command) ?? false;

export const managing = () => document.body.hasAttribute("data-managing");

// What the PIN gave; "" where the browser holds it, null if nobody entered one.
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
    tellOfFew(answer.body.grant);
    grant = atTill ? answer.body.grant.token : "";
    document.body.toggleAttribute("data-managing", !atTill);
    goOn();
    return null;
  }, tell);
  return grant;
}

// What somebody is called to approve, as the till names it: the dialog that asked for it, or the button, and the line.
const BUTTONS = { VoidLine: "void", AbandonBasket: "abandon", SetBasketAside: "park", SetQuantity: "quantity", OverridePrice: "price" };
function wantedBy(command) {
  if (!command) return "";
  const asked = [...document.querySelectorAll("dialog[open]")].at(-1);
  const button = document.querySelector(`[data-act="${BUTTONS[command]}"]`);
  const title = asked?.querySelector("h2")?.textContent ?? button?.firstChild.textContent ?? "";
  const line = document.querySelector('#basket-lines [aria-selected="true"] .name')?.textContent ?? "";
  return [title, ...(asked?.id === "refund-dialog" || command === "AbandonBasket" ? [] : [line])].map((part) => part.trim()).filter(Boolean).join(" · ");
}

// So much was guessed here that one now says who one is: the page comes again, with the names.
export const saysNameFirst = ({ body }, form) => body.refused?.code === "pin_person_first" && !form.elements.person;

// Who has a second factor is asked for its code once the PIN was right.
function askForCode() {
  const field = document.querySelector("#pin-dialog [name=code]");
  field.hidden = false;
  setTimeout(() => field.focus()); // behind `complain`, which goes back to the PIN
}

// A recovery code was used: it is worth nothing any more, and so many are left.
function tellOfFew({ recovery_left: left }) {
  if (left !== undefined) alert(document.querySelector("#pin-dialog [data-few]").textContent.replace("{left}", left));
}

// The second half of a double touch falls beside the dialog: what is typed still goes into it.
document.getElementById("pin-dialog").addEventListener("mousedown", (event) => {
  if (event.target === event.currentTarget) event.preventDefault();
});

document.getElementById("enter-again")?.addEventListener("click", () => enterPin(""));
