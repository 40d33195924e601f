// What a page asks for by itself (pieces that changed, a list that is looked at every few minutes) is no use of whoever
// signed in: it says so, and the server lets their time run out.

const SOON_MS = 2_000; // so long behind a touch or a key what is asked follows from that

let used = -Infinity;

const note = ({ isTrusted }) => isTrusted && (used = performance.now());
for (const what of ["pointerdown", "keydown", "input"]) addEventListener(what, note, { capture: true, passive: true });

// The headers of a request: whether anybody did anything.
export const byItself = () => (performance.now() - used > SOON_MS ? { "By-Itself": "1" } : {});

addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, byItself()));
