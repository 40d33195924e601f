// Sends what a device of one's own kept: one after another, in the order of the taps, each under its id, so that a repeat has
// no second effect. Used by whichever page is open, and by the worker where there is none (kept_sync.js).

import * as store from "./kept_store.js";

const DAY_MS = 86_400_000;
const WAITS = [0, 408, 429];
const STAYS = ["refused", "asks"];

// Whether it is of the stock: a note, and that somebody sees to an alert or dealt with it, is nothing that is missing there,
// and comes as late as it comes.
const OF_STOCK = ["RecordMovement", "TransferStock", "CountLine"];
export const isOfStock = ({ what }) => OF_STOCK.includes(what);

// Whether a shop that answers so is reached at all.
export const isReached = (status) => !WAITS.includes(status);

// Gives {status, body}; status 0 when nobody answers.
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

// `request(method, path, body, headers)` is what asks; `denied(status)` says whether an entry that was not let in waits;
// `changed()` is told after each. false: nobody answered, or nobody is let in, and it is to be tried again.
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

// What the shop is told of entries of the stock that are not done, as `why` says. false: it was not heard.
export async function giveUp(entry, why, request) {
  if (!isOfStock(entry)) return true;
  const note = { kind: entry.what, sku: entry.sku, said_us: entry.said_us, why };
  const { status } = await request("POST", "commands/DropKept", note, { "Idempotency-Key": `"${entry.drop_id}"` });
  return status === 200;
}

// What became of an entry; null: nobody knows yet, and it is sent again under its id.
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

// A count that came late is of its moment: what was booked since (thousandths); null: nothing was.
function sinceThen({ since, total }) {
  return since ? { counted: total - since, since, now: total } : null;
}
