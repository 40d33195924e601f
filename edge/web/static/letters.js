// An on-screen keyboard for a till with a touch screen and no keyboard: it types into the text field that was touched.
// Phones and tablets have their own; number fields in dialogs have a keypad (pad.js).

const OWN = /Android|iPhone|iPad|Windows|CrOS|Macintosh/; // systems that bring theirs
const TEXT = 'input:not([type]), input[type="text"], input[type="search"], input[type="password"], input[type="email"], input[type="tel"], input[type="url"], input[type="number"], textarea';
const NUMBERS = '[inputmode="decimal"], [inputmode="numeric"], [type="number"]';
const DIGITS = "1234567890";
const SIGNS = "@.,-_/'&+:";
const NAMES = { erase: "⌫", enter: "↵", shift: "⇧", next: "⇥", close: "▾" };
const PAD = document.getElementById("pad-keys") !== null;
const words = document.querySelector("[data-letters]").dataset;
const LAYOUTS = JSON.parse(words.layouts); // by language, that of the page or else the first
const board = Object.assign(document.createElement("div"), { id: "letters", popover: "manual", role: "group" });
let field = null;
let language = LAYOUTS[document.documentElement.lang] ? document.documentElement.lang : Object.keys(LAYOUTS)[0];
let large = false;
let typed = ""; // of a field of numbers, which takes "1." and "-" for nothing: it shows `shown` until more is typed
let shown = "";

function key(what, text = what) {
  const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1, textContent: text });
  button.dataset.letter = what;
  if (NAMES[what]) button.setAttribute("aria-label", words[what]);
  return button;
}

function draw() {
  const rows = field.matches(NUMBERS) ? ["123", "456", "789", "-0."] : [DIGITS, ...LAYOUTS[language].rows, SIGNS];
  const lines = rows.map((row) => [...row].map((one) => key(large ? one.toUpperCase() : one)));
  const others = Object.keys(LAYOUTS).filter((one) => one !== language).map((one) => key(`to-${one}`, one.toUpperCase()));
  const acts = ["close", "next", "erase", "enter"].map((act) => key(act, NAMES[act]));
  lines.push(field.matches(NUMBERS) ? acts : [key("shift", NAMES.shift), ...others, Object.assign(key(" ", "␣"), { className: "space-key" }), ...acts]);
  board.replaceChildren(...lines.map((line) => {
    const row = Object.assign(document.createElement("div"), { className: "letters-row", dir: LAYOUTS[language].dir });
    row.append(...line);
    return row;
  }));
}

function show(target) {
  field = target;
  typed = shown = target.value;
  board.setAttribute("aria-label", words.letters);
  draw();
  const home = target.closest("dialog") ?? document.body;
  if (board.parentElement !== home) home.append(board);
  if (!board.matches(":popover-open")) board.showPopover();
  document.documentElement.style.setProperty("--letters", `${board.offsetHeight}px`);
  document.documentElement.toggleAttribute("data-writes", true);
  target.scrollIntoView({ block: "center" });
}

function hide() {
  if (board.matches(":popover-open")) board.hidePopover();
  document.documentElement.toggleAttribute("data-writes", false);
  field = null;
}

function put(text) {
  if (field.type === "number") putDigit(text);
  else if (field.type === "email") field.value = text === null ? field.value.slice(0, -1) : field.value + text;
  else {
    const { selectionStart: from, selectionEnd: to } = field;
    const room = field.maxLength < 0 || field.value.length - (to - from) < field.maxLength;
    if (text === null) field.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
    else if (room) field.setRangeText(text, from, to, "end");
  }
  field.dispatchEvent(new InputEvent("input", { bubbles: true, data: text }));
}

function putDigit(text) {
  const before = field.value === shown ? typed : field.value;
  const after = text === null ? before.slice(0, -1) : before + text;
  if (!/^-?\d*\.?\d*$/.test(after)) return; // nothing that follows makes a number of it
  typed = after;
  field.value = typed.replace(/\.$/, "");
  shown = field.value;
}

function enter() {
  const pressed = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
  if (field.dispatchEvent(pressed)) field.form?.requestSubmit();
}

function next() {
  const all = [...(field.form ?? document).querySelectorAll("input, select, textarea, button")].filter((one) => one.offsetParent !== null && !one.disabled && one.tabIndex >= 0 && !board.contains(one));
  const following = all[all.indexOf(field) + 1];
  following?.focus();
  if (following?.matches(TEXT)) show(following);
  else hide();
}

const ACTS = { erase: () => put(null), enter, next, close: hide, shift: () => ((large = !large), draw()) };

// A field was touched; those in dialogs with a keypad don't need the keyboard. Waits for the click: nothing may move from
// under a finger before the touched element has handled it.
addEventListener("click", (event) => {
  const { target, pointerType } = event;
  if (pointerType !== "touch" || OWN.test(navigator.userAgent) || event.composedPath().includes(board)) return;
  const form = target.closest("dialog form");
  const padded = form && ((PAD && target.matches(NUMBERS)) || form.querySelector(".pad:not(.numbers)"));
  if (target.matches(TEXT) && !target.readOnly && !target.disabled && !padded) show(target);
  else if (!target.closest("#picks")) hide();
});
addEventListener("close", ({ target }) => target.contains(board) && hide(), true);
board.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
board.addEventListener("click", ({ target }) => {
  const what = target.closest("button")?.dataset.letter;
  if (!what || !field?.isConnected) return;
  if (document.activeElement !== field) field.focus();
  if (what.startsWith("to-")) {
    language = what.slice(3);
    draw();
  } else if (ACTS[what]) ACTS[what]();
  else {
    put(what);
    if (large) ACTS.shift();
  }
});
