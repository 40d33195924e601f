// Confirms a manager's change for a few seconds, on this page or on the next one to load, and longer to who works by
// keyboard. Offers Undo, also by Alt+Z, if the page knows the previous value.

import { onAnswers } from "./grants.js";
import { messageOf } from "./outbox.js";
import { placeOf, returnTo } from "./refocus.js";
import { readShown, restore } from "./undo.js";

const SHOWN_MS = 6000;
const SHOWN_BY_KEYS_MS = 20_000;
const KEY = "toast";
const place = document.getElementById("toast-bar");
const words = () => document.getElementById("toast-words").dataset;
let timer = 0;

// `word` names a text of the page; `undo`: the requests that restore the old value, one or several of [method, path, body].
// `shown`: where the server shows the changed value, as [address, selector], or with the attribute that holds it. If it has
// changed again by then, Undo is refused, so that it overwrites no one's later change.
export function toast(word, undo = null, shown = null) {
  if (!place || !words()[word]) return;
  const by = placeOf(document.activeElement);
  const what = { word, undo, shown, by, path: location.pathname, until: Date.now() + (by ? SHOWN_BY_KEYS_MS : SHOWN_MS) };
  sessionStorage.setItem(KEY, JSON.stringify(what));
  show(what);
}

// Sets the undo request for the next toast, as answers don't include one.
let back = [];
export const undoBy = (undo, shown = null) => (back = [undo, shown]);

// The `shown` of something on this page.
export const here = (selector) => [location.pathname + location.search, selector];
// The undo request that is another command.
export const command = (name, body) => ["POST", `commands/${name}`, body];

// The word for a successful request; reads, and changes that a page confirms itself, have none.
const WORDS = { PUT: "saved", PATCH: "saved", DELETE: "removed" };
const SAVES = /^(Set|Accept|Correct|Plan|Word|Note|Open|Stock)/;

function toastOf(method, answer) {
  const undo = back;
  back = [];
  if (answer && answer.status >= 200 && answer.status < 300 && WORDS[method]) toast(WORDS[method], ...undo);
}

function toastOfCommand(name, answer) {
  const undo = back;
  back = [];
  if (answer?.status === 200) toast(SAVES.test(name) ? "saved" : "done", ...undo);
}

let current = null;
function show(what) {
  const { word, undo, until } = (current = what);
  const left = until - Date.now();
  if (left <= 0) return hide();
  const text = Object.assign(document.createElement("span"), { textContent: words()[word] });
  place.replaceChildren(text);
  if (undo) offerUndo(what, text);
  place.dataset.shown = "";
  hideIn(left);
}

// A value that someone else may change meanwhile is read before Undo is offered. This asks for no PIN, and carries over to
// the next page.
async function offerUndo(what, text) {
  if (what.shown && what.after === undefined) {
    what.after = document.body.hasAttribute("data-managing") ? await readShown(what.shown) : null;
    if (what.after === null) return;
  }
  if (current !== what || !place.contains(text)) return;
  if (what.shown) sessionStorage.setItem(KEY, JSON.stringify(what));
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words().putBack });
  button.setAttribute("aria-keyshortcuts", "Alt+Z");
  if (what.by) button.append(" ", Object.assign(document.createElement("kbd"), { textContent: "Alt+Z", ariaHidden: "true" }));
  button.addEventListener("click", async () => {
    button.disabled = true;
    clearTimeout(timer);
    const result = await restore(what);
    if (result === "undone") {
      toast("undone");
      return location.reload();
    }
    if (result === "changed") {
      button.remove();
      sessionStorage.removeItem(KEY);
    }
    if (result) text.textContent = result === "changed" ? words().changed : messageOf(result);
    hideIn(SHOWN_MS);
  });
  place.append(button);
}

function hideIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(hide, milliseconds);
}

function hide() {
  sessionStorage.removeItem(KEY);
  delete place.dataset.shown;
  place.replaceChildren();
}

onAnswers(toastOfCommand, toastOf);

// While the button has the focus or the pointer, the message stays.
for (const kind of ["focusin", "pointerover"]) place?.addEventListener(kind, () => clearTimeout(timer));
for (const kind of ["focusout", "pointerout"]) place?.addEventListener(kind, () => hideIn(SHOWN_MS));
addEventListener("keydown", (event) => {
  const button = event.altKey && event.code === "KeyZ" && place?.querySelector("button:enabled");
  if (!button) return;
  event.preventDefault();
  button.click();
});

const kept = place && JSON.parse(sessionStorage.getItem(KEY) ?? "null");
if (kept) show(kept);
if (kept?.by && kept.path === location.pathname) returnTo(kept.by);
