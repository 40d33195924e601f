// What a device of one's own keeps while it reaches nobody: a pack of reads and a queue of commands for each person, sealed
// under a key that the browser made and never gives away. An entry is on the disk before its tap is confirmed.

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

// One transaction, on the disk when it is over.
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

// null: it opens under no key that is here.
async function unseal(person, { iv, sealed }) {
  const found = await get("keys", person);
  if (!found) return null;
  try {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, found.key, sealed)));
  } catch {
    return null;
  }
}

// Who used this device last, when the shop answered last, and by how much its clock is off.
export const about = async () => (await get("about", 1)) ?? { id: 1, person: null, heard_ms: 0, hold_ms: 0, offset_ms: 0, phone: "" };
export const setAbout = (record) => put("about", { ...record, id: 1 });

export async function pack(person) {
  const found = await get("packs", person);
  return found ? unseal(person, found) : null;
}

// As much of it as may be kept of one person, goods that are there first. How many products were left out.
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

// What the shop said is gone; what somebody did waits, sealed, until they sign in again.
export async function dropPack(person) {
  await drop("packs", person);
  if (!(await mine(person)).length) await drop("keys", person);
}

// Somebody is of the shop no more: all that is theirs goes, the key first. What waited, for who stands here to see once.
export async function end(person) {
  const left = (await entries(person)).filter((one) => one.state !== "done");
  await drop("keys", person);
  await drop("packs", person);
  for (const { id } of await mine(person)) await remove(id);
  return left;
}

// Who keeps something here.
export async function people() {
  const kept = [...(await all()), ...(await within("packs", "readonly", (at) => at.getAll()))];
  return [...new Set(kept.map((one) => one.person))];
}

const all = () => within("entries", "readonly", (at) => at.getAll());
const mine = async (person) => (await all()).filter((one) => one.person === person);
export const waiting = async () => (await all()).filter((one) => one.state !== "done").length;

// Those of a person, in the order of their taps; of what opens no more its id and moment alone.
export async function entries(person) {
  const found = (await mine(person)).sort((a, b) => a.order - b.order);
  return Promise.all(found.map(async (one) => ({ ...(await unseal(person, one)), id: one.id, state: one.state, at_ms: one.at_ms })));
}

// false: there is no room for one more.
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

// Of a person what is in the books already, but for the newest so many, at once.
export async function tidy(person, keep) {
  const done = (await mine(person)).filter((one) => one.state === "done").sort((a, b) => a.order - b.order);
  const old = done.slice(0, Math.max(0, done.length - keep)).map((one) => one.id);
  if (old.length) await within("entries", "readwrite", (at) => old.map((id) => at.delete(id)).at(-1));
}
