// What one of a shop's two boxes sold after someone made the other one active: part of the boxes area, if there is any.

import { byId, dayText, moment, money, rowsOf, state, storeName, t, table } from "./common.js";

const TONE = { waits: "warning", brought_in: "good", left: "" };
const PAPERS = ["sale", "void", "refund"];

const paper = (row) => `${row.register}-${String(row.number).padStart(6, "0")}`;
const what = (row) => (PAPERS.includes(row.kind) ? `${t(`put_aside_${row.kind}`)} ${paper(row)}` : (row.types || []).join(", "));

// Undecided entries first, and within each group the newest.
const before = (one, other) => (other.state === "waits") - (one.state === "waits") || (one.done_at < other.done_at ? 1 : -1);

export async function putAside(still) {
  const rows = state.me.may.includes("read") ? await rowsOf("put-aside", {}, 1) : [];
  if (!still()) return;
  byId("put-aside-card").hidden = !rows.length;
  table("put-aside", [
    ["store", "", (row) => storeName(row.store)],
    ["box", "", (row) => row.device],
    ["put_aside_what", "", what],
    ["total", "number", (row) => (row.currency ? money(row.total_minor, row.currency) : "")],
    ["date", "", (row) => dayText(row.business_date)],
    ["since", "", (row) => moment(row.reported_at, row.store)],
    ["state", "", (row) => ({ text: t(`put_aside_${row.state}`), className: `pill ${TONE[row.state]}` })],
    ["who", "", (row) => row.decided_by || ""],
  ], rows.sort(before));
}
