// What a business must be able to do with its data: ask all shops about a person, export everything, close the account.

import { ask, byId, download, Fault, moment, rowsOf, state, storeName, t, table, words } from "./common.js";
import { askRemoval, askShops } from "./edit.js";

const may = (right) => state.me.may.includes(right);
let asked = "";

function showShops(id, { rows }) {
  asked = id;
  byId("look-again").hidden = false;
  table("shops-asked", [
    ["store", "", (row) => storeName(row.store)],
    ["box", "", (row) => row.device],
    ["state", "", (row) => t(`asked_${row.state}`)],
  ], rows);
}

const WAIT_MS = 30 * 24 * 3600 * 1000; // how long a removal waits behind its asking

// Head office's record of a removal: someone else may have asked for or approved it from another page.
async function readRemoval() {
  const [row = {}] = await rowsOf("tenant/removals");
  showRemoval({ ...row, not_before: row.asked_at && new Date(Date.parse(row.asked_at) + WAIT_MS).toISOString() });
}

function showRemoval({ asked_at, approved_by, not_before }) {
  const word = !asked_at ? "removal_none" : approved_by ? "removal_approved" : "removal_said";
  byId("removal").textContent = t(word, asked_at ? { asked: moment(asked_at), after: moment(not_before) } : {});
}

export function dataButtons() {
  byId("asks").hidden = !may("privacy");
  byId("closing").hidden = !may("closing");
  if (may("closing")) void said(readRemoval);
}

// Runs `act`, and shows why it failed in the given place.
async function said(act, place = "removal") {
  try {
    byId(place).textContent = "";
    await act();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    byId(place).textContent = words[state.lang][`refused_${fault.code}`] || fault.message;
  }
}

byId("ask-shops").addEventListener("click", () => askShops(showShops));
byId("look-again").addEventListener("click", () => void said(async () => showShops(asked, await ask(`/v1/privacy/${asked}`)), "asks-said"));
byId("take-out").addEventListener("click", () => void said(() => download("/v1/tenant/export")));
byId("ask-removal").addEventListener("click", () => askRemoval(showRemoval));
byId("approve-removal").addEventListener("click", () => void said(async () => showRemoval(await ask("/v1/tenant/removal/approve", {}))));
byId("withdraw-removal").addEventListener("click", () => void said(async () => showRemoval(await ask("/v1/tenant/removal", {}, { method: "DELETE" }))));
