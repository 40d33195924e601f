// The wish list of a customer without an account: on this phone only, 50 items for 7 days; signing in moves it over.

const KEY = "edge-wishes";
const MOST = 50;
const KEPT_MS = 7 * 24 * 3600 * 1000;

export function read() {
  try {
    const since = Date.now() - KEPT_MS;
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter(({ sku, at }) => typeof sku === "string" && at > since);
  } catch {
    return []; // not ours, or this browser keeps nothing
  }
}

function keep(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list.slice(0, MOST)));
    return true;
  } catch {
    return false;
  }
}

export const has = (sku) => read().some((one) => one.sku === sku);

// Returns whether it could be saved: a full list accepts no more.
export function toggle(sku) {
  const list = read();
  if (has(sku)) return keep(list.filter((one) => one.sku !== sku));
  return list.length < MOST && keep([{ sku, at: Date.now() }, ...list]);
}

// Moves each item to the account, and keeps those that were refused.
export async function takeWishes(put) {
  const left = [];
  for (const one of read().reverse()) if (!(await put(one.sku)).ok) left.push(one);
  keep(left);
}
