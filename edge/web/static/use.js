// Requests that a page makes by itself (changed fragments, lists refreshed every few minutes) don't count as activity of
// the signed-in user: they are marked, so that the server still lets an idle session expire.

const SOON_MS = 2_000; // so long behind a touch or a key what is asked follows from that

let used = -Infinity;

const note = ({ isTrusted }) => isTrusted && (used = performance.now());
for (const what of ["pointerdown", "keydown", "input"]) addEventListener(what, note, { capture: true, passive: true });

// Headers that mark a request made without any user activity.
export const byItself = () => (performance.now() - used > SOON_MS ? { "By-Itself": "1" } : {});

addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, byItself()));
