// What a personal device stores for working offline: for each user a pack of data to read and a queue of commands, encrypted
// with a key that the browser made and never gives away. An entry is on disk before its tap is confirmed.

const NAME = "kept";
const STORES = { about: "id", keys: "person", packs: "person", entries: "id" };
export const ENTRIES_MOST = 500;
export const ENTRIES_NEARLY = 400;
export const DAYS_MOST = 7;
export const PACK_BYTES_MOST = 32 * 1024 ** 2;

const settled = (asked) =>
  new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });

let opened = null;
function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(store, { keyPath });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

// One transaction, durably on disk when it resolves.
async function within(store, mode, act) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const result = await settled(act(transaction.objectStore(store)));
  if (mode === "readwrite") {
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error);
    });
  }
  return result;
}
const get = (store, id) => within(store, "readonly", (at) => at.get(id));
const put = (store, record) => within(store, "readwrite", (at) => at.put(record));
const drop = (store, id) => within(store, "readwrite", (at) => at.delete(id));

async function keyOf(person) {
  const found = await get("keys", person);
  if (found) return found.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await put("keys", { person, key });
  return key;
}

async function seal(person, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(person), bytes) };
}

// null: no key here can decrypt it.
async function unseal(person, { iv, sealed }) {
  const found = await get("keys", person);
  if (!found) return null;
  try {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, found.key, sealed)));
  } catch {
    return null;
  }
}

// The last user of this device, when the shop last answered, and how far its clock is off.
export const about = async () => (await get("about", 1)) ?? { id: 1, person: null, heard_ms: 0, hold_ms: 0, offset_ms: 0, phone: "" };
export const setAbout = (record) => put("about", { ...record, id: 1 });

export async function pack(person) {
  const found = await get("packs", person);
  return found ? unseal(person, found) : null;
}

// Stores as much of a user's pack as is allowed, products in stock first. Returns how many products were left out.
export async function setPack(person, value) {
  const products = [...value.products].sort((a, b) => b.at.length - a.at.length);
  let many = products.length;
  for (;;) {
    const sealed = await seal(person, { ...value, products: products.slice(0, many) });
    if (sealed.sealed.byteLength <= PACK_BYTES_MOST || !many) {
      await put("packs", { person, ...sealed });
      return products.length - many;
    }
    many = Math.min(many - 1, Math.floor((0.95 * many * PACK_BYTES_MOST) / sealed.sealed.byteLength));
  }
}

// Drops the shop's data; the user's own entries wait, encrypted, until they sign in again.
export async function dropPack(person) {
  await drop("packs", person);
  if (!(await mine(person)).length) await drop("keys", person);
}

// The user no longer works here: all their data goes, the key first. Returns the entries not yet sent, to be shown once.
export async function end(person) {
  const left = (await entries(person)).filter((one) => one.state !== "done");
  await drop("keys", person);
  await drop("packs", person);
  for (const { id } of await mine(person)) await remove(id);
  return left;
}

// The users with data on this device.
export async function people() {
  const kept = [...(await all()), ...(await within("packs", "readonly", (at) => at.getAll()))];
  return [...new Set(kept.map((one) => one.person))];
}

const all = () => within("entries", "readonly", (at) => at.getAll());
const mine = async (person) => (await all()).filter((one) => one.person === person);
export const waiting = async () => (await all()).filter((one) => one.state !== "done").length;

// A user's entries, in the order of their taps; only id, state and time of those that can't be decrypted.
export async function entries(person) {
  const found = (await mine(person)).sort((a, b) => a.order - b.order);
  return Promise.all(found.map(async (one) => ({ ...(await unseal(person, one)), id: one.id, state: one.state, at_ms: one.at_ms })));
}

// Returns false if there is no room for another entry.
export async function add(person, { id, ...entry }) {
  const there = await all();
  if (there.filter((one) => one.state !== "done").length >= ENTRIES_MOST) return false;
  const order = Math.max(0, ...there.map((one) => one.order)) + 1;
  await put("entries", { id, person, order, at_ms: Date.now(), state: "kept", ...(await seal(person, entry)) });
  return true;
}

export async function change(person, { id, state, at_ms: _, ...entry }) {
  const there = await get("entries", id);
  if (there) await put("entries", { ...there, state, ...(await seal(person, entry)) });
}
export const remove = (id) => drop("entries", id);

// Deletes a user's entries that the shop has recorded, except the newest `keep`.
export async function tidy(person, keep) {
  const done = (await mine(person)).filter((one) => one.state === "done").sort((a, b) => a.order - b.order);
  const old = done.slice(0, Math.max(0, done.length - keep)).map((one) => one.id);
  if (old.length) await within("entries", "readwrite", (at) => old.map((id) => at.delete(id)).at(-1));
}
