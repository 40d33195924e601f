// What a manager changed is said for a few seconds where they look: on this page, or on the one that comes then. With Undo,
// where the page knows what was there before.

import { messageOf } from "./outbox.js";

const SHOWN_MS = 6000;
const KEY = "toast";
const place = document.getElementById("toast-bar");
const words = () => document.getElementById("toast-words").dataset;
let timer = 0;

// `word` names a text of the page; `undo`: the request that puts it back, as [method, path, body], or several of them.
export function toast(word, undo = null) {
  if (!place || !words()[word]) return;
  const what = { word, undo, until: Date.now() + SHOWN_MS };
  sessionStorage.setItem(KEY, JSON.stringify(what));
  show(what);
}

// The request that undoes what is said next: an answer comes without it.
let back = null;
export const undoBy = (undo) => (back = undo);

// What a request that went well is called; reading, and what a page says itself, is called nothing.
const WORDS = { PUT: "saved", PATCH: "saved", DELETE: "removed" };
const SAVES = /^(Set|Accept|Plan|Word|Note|Open|Stock)/;

export function toastOf(method, answer) {
  const undo = back;
  back = null;
  if (answer && answer.status >= 200 && answer.status < 300 && WORDS[method]) toast(WORDS[method], undo);
}

export function toastOfCommand(name, answer) {
  const undo = back;
  back = null;
  if (answer?.status === 200) toast(SAVES.test(name) ? "saved" : "done", undo);
}

function show({ word, undo, until }) {
  const left = until - Date.now();
  if (left <= 0) return hide();
  const text = Object.assign(document.createElement("span"), { textContent: words()[word] });
  place.replaceChildren(text);
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words().putBack });
    button.addEventListener("click", () => putBack(undo, text, button));
    place.append(button);
  }
  place.dataset.shown = "";
  clearTimeout(timer);
  timer = setTimeout(hide, left);
}

function hide() {
  sessionStorage.removeItem(KEY);
  delete place.dataset.shown;
  place.replaceChildren();
}

async function putBack(undo, text, button) {
  const { askGranted } = await import("./grants.js");
  button.disabled = true;
  clearTimeout(timer);
  let answer = null;
  for (const [method, path, body] of Array.isArray(undo[0]) ? undo : [undo]) {
    answer = await askGranted(method, path, body);
    if (!(answer?.status < 300)) break;
  }
  if (answer && answer.status < 300) {
    toast("undone");
    location.reload();
  } else {
    text.textContent = answer ? messageOf(answer) : text.textContent;
    timer = setTimeout(hide, SHOWN_MS);
  }
}

const kept = place && JSON.parse(sessionStorage.getItem(KEY) ?? "null");
if (kept) show(kept);
