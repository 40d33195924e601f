// What somebody without an account wishes for: on this phone alone, 50 things for 7 days; signing in takes them along.

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

// Whether it could be kept: a full list takes no more.
export function toggle(sku) {
  const list = read();
  if (has(sku)) return keep(list.filter((one) => one.sku !== sku));
  return list.length < MOST && keep([{ sku, at: Date.now() }, ...list]);
}

// Hands each to the account, and keeps here what was not taken.
export async function takeWishes(put) {
  const left = [];
  for (const one of read().reverse()) if (!(await put(one.sku)).ok) left.push(one);
  keep(left);
}
