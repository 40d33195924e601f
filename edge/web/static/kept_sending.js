// Sends the entries kept on a personal device: one after another in the order of the taps, each under its id, so that a
// repeat has no second effect. Used by whichever page is open, and otherwise by the worker (kept_sync.js).

import * as store from "./kept_store.js";

const DAY_MS = 86_400_000;
const WAITS = [0, 408, 429];
const STAYS = ["refused", "asks"];

// Whether the entry changes stock. Notes, and acknowledging or resolving an alert, don't: no stock figure is wrong without
// them, so they may arrive late.
const OF_STOCK = ["RecordMovement", "TransferStock", "CountLine"];
export const isOfStock = ({ what }) => OF_STOCK.includes(what);

// Whether an answer with this status means that the shop was reached.
export const isReached = (status) => !WAITS.includes(status);

// Returns {status, body}; status 0 if there is no answer.
export async function ask(lang, method, path, body, headers = {}) {
  try {
    const answer = await fetch(`/api/v1/${path}`, {
      method,
      body: body && JSON.stringify(body),
      cache: "no-store",
      headers: { "Content-Type": "application/json", "Accept-Language": lang, Surface: "panel", ...headers },
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

// `request(method, path, body, headers)` sends; `denied(status)` says whether an entry that was denied should wait;
// `changed()` is called after each entry. Returns false if there was no answer or access was denied: try again later.
export async function deliver(person, request, denied, changed = () => {}) {
  const stuck = new Set();
  for (const entry of await store.entries(person)) {
    if (!entry.what) continue; // sealed by a key that is gone
    if (STAYS.includes(entry.state)) stuck.add(entry.sku);
    if (entry.state !== "kept" || stuck.has(entry.sku)) continue;
    const answer = await sent(entry, request, denied);
    if (answer === null) return false;
    await store.change(person, { ...entry, ...answer });
    if (STAYS.includes(answer.state)) stuck.add(entry.sku);
    await changed();
  }
  return true;
}

// Tells the shop that a stock entry won't be done, and `why`. Returns false if the shop didn't get it.
export async function giveUp(entry, why, request) {
  if (!isOfStock(entry)) return true;
  const note = { kind: entry.what, sku: entry.sku, said_us: entry.said_us, why };
  const { status } = await request("POST", "commands/DropKept", note, { "Idempotency-Key": `"${entry.drop_id}"` });
  return status === 200;
}

// The outcome of an entry; null if it isn't known yet, and the entry is to be sent again under its id.
async function sent(entry, request, denied) {
  const late = isOfStock(entry) && Date.now() - entry.at_ms > store.DAYS_MOST * DAY_MS;
  const note = { kind: entry.what, sku: entry.sku, said_us: entry.said_us, why: "old" };
  const [name, body, id] = late ? ["DropKept", note, entry.drop_id] : [entry.what, entry.answers ? { ...entry.body, answers: entry.answers } : entry.body, entry.id];
  const { status, body: said } = await request("POST", `commands/${name}`, body, { "Idempotency-Key": `"${id}"` });
  const why = said.refused?.code;
  if (!isReached(status) || status >= 500 || said.unknown || why === "busy") return null;
  if ((status === 401 || status === 403) && (await denied(status))) return null;
  if (late && status === 200) return { state: "old", told: "" };
  if (status === 200) return { state: "done", told: "", late: sinceThen(said.done?.result ?? said.result ?? {}) };
  const message = (said.refused ?? said.error ?? {}).message ?? "";
  const asks = said.refused?.answer;
  return { state: asks ? "asks" : "refused", told: message, asked: asks, other: why === "counted_by_other" };
}

// A late count applies to the time it was made: what was booked since then (thousandths); null if nothing was.
function sinceThen({ since, total }) {
  return since ? { counted: total - since, since, now: total } : null;
}
