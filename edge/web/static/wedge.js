// A keyboard scanner without a driver: its code goes into the basket, whatever is open (except a dialog that asks
// for a code), and its Enter confirms nothing. It's told apart from a person by its typing speed.

const FAST_MS = 50; // between two keys; nobody keeps that up
const LEAST = 6; // characters of a code
const MOST = 512;
const GS = "\u001d"; // separates the parts of GS1 codes; scanners press Ctrl+] for it

let typed = "";
let last = 0;
let field = null; // where it types, and what stood there before
let before = "";
let opened = false; // whether a dialog was there when it began: it may close while the scanner types

// `open()`: whether a dialog is open; `box()`: the field for codes, which handles its own; `scanned(code)`: called for each code.
export function listen(open, box, scanned) {
  addEventListener("keydown", (event) => {
    if (!event.isTrusted) return; // typed by ahead.js, which keeps no time between keys
    const gs = event.ctrlKey && event.code === "BracketRight";
    if (event.timeStamp - last > FAST_MS || event.repeat) begin(open());
    last = event.timeStamp;
    if (gs && document.activeElement === box()) box().setRangeText(GS, box().selectionStart, box().selectionEnd, "end");
    if (gs) event.preventDefault();
    if (gs || (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey)) {
      typed = (typed + (gs ? GS : event.key)).slice(0, MOST);
    } else if (event.key === "Enter") {
      const code = typed;
      typed = "";
      if (code.length < LEAST || !(open() || opened)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (field?.value !== undefined) field.value = before;
      if (field !== box()) withoutTail(box(), code);
      scanned(code);
    }
  }, true);
}

function withoutTail(at, code) {
  for (let length = code.length; length > 0; length--) {
    if (at.value.endsWith(code.slice(-length))) return (at.value = at.value.slice(0, -length));
  }
}

function begin(is) {
  opened = is;
  typed = "";
  field = document.activeElement;
  before = field?.value ?? "";
}
