// Which boxes are moving to which version of the software, and rolling one out: part of the boxes area.

import { byId, moment, rowsOf, state, storeName, t, table, words } from "./common.js";
import { rollOut } from "./edit.js";

const TONE = { healthy: "good", went_back: "warning", stuck: "warning", refused: "warning" };
const said = (prefix, name) => words[state.lang][`${prefix}_${name}`] || name;

export async function software(still) {
  const rows = await rowsOf("software");
  if (!still()) return;
  byId("roll-out").hidden = !state.me.may.includes("publish");
  rows.sort((one, other) => (one.changed_at < other.changed_at ? 1 : -1));
  table("software", [
    ["store", "", (row) => storeName(row.store)],
    ["box", "", (row) => row.device],
    ["release", "", (row) => row.release],
    ["state", "", (row) => ({ text: said("software", row.step), className: `pill ${TONE[row.step] || "working"}` })],
    ["why", "text", (row) => (row.reason ? said("unfit", row.reason) : "")],
    ["changed", "", (row) => moment(row.changed_at, row.store)],
  ], rows.slice(0, 200));
}

byId("roll-out").addEventListener("click", async () => {
  const releases = await rowsOf("releases");
  releases.sort((one, other) => (one.made_at < other.made_at ? 1 : -1));
  rollOut(releases);
});
