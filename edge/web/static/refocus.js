// Keeps a keyboard user's place: the control they used has the focus again after its page reloaded or its row was redrawn;
// if it's gone, the one that took its place. A page used by touch or mouse is left alone.

const WAIT_MS = 5000; // for parts that the page fetches
const WITHIN = ":is(main, dialog[open])";
const NAMES = /^(name$|href$|data-(?!spoken$|own$))/;

let isByKeys = false;
let last = null; // the control with the focus
let place = null;

const matches = (selector) => [...document.querySelectorAll(`${WITHIN} ${selector}`)].filter((one) => one.checkVisibility() && !one.disabled);

// The selectors that find a control again, the most exact first, each with its position among all matches.
export function placeOf(control) {
  if (!isByKeys || !control?.matches(`${WITHIN} *`)) return null;
  const named = [...control.attributes].filter(({ name }) => NAMES.test(name));
  const tag = control.localName;
  const exact = tag + named.map(({ name, value }) => `[${name}="${CSS.escape(value)}"]`).join("");
  const selectors = control.id ? [`#${CSS.escape(control.id)}`] : [exact, tag + named.map(({ name }) => `[${name}]`).join("")];
  return selectors.map((selector) => [selector, matches(selector).indexOf(control)]);
}

function find(wanted) {
  for (const [selector, at] of wanted) {
    const all = matches(selector);
    if (all.length) return all[at] ?? all.at(-1);
  }
  return null;
}

// Focuses it as soon as the page has it, unless the user has moved on by then.
export function returnTo(wanted) {
  const until = Date.now() + WAIT_MS;
  const look = () => {
    const found = document.activeElement === document.body && Date.now() < until ? find(wanted) : null;
    found?.focus();
    if (found || Date.now() >= until || document.activeElement !== document.body) watcher.disconnect();
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document.body, { childList: true, subtree: true });
  look();
}

function remember() {
  last = document.activeElement;
  place = placeOf(last);
}

addEventListener("keydown", () => ((isByKeys = true), remember()), { capture: true, passive: true });
addEventListener("pointerdown", () => ((isByKeys = false), (place = null)), { capture: true, passive: true });
addEventListener("focusin", remember);
addEventListener("focusin", ({ target }) => {
  if (isByKeys && target.closest("nav")) target.scrollIntoView({ block: "nearest", inline: "nearest" }); // a row of links cuts one in half
});

new MutationObserver(() => {
  if (place && !last.isConnected && document.activeElement === document.body) find(place)?.focus();
}).observe(document.body, { childList: true, subtree: true });
