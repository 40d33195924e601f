// Support requests to boxes, what their shops decided, and the answers: part of the boxes area.

import { ask, byId, count, moment, rowsOf, state, storeName, t, table, words } from "./common.js";
import { askBox, helpBox, shown } from "./edit.js";

const TONE = { sent: "good", declined: "warning", lapsed: "warning", refused: "warning", asked: "working", agreed: "working" };
const said = (prefix, name) => words[state.lang][`${prefix}_${name}`] || name;

export async function cases(still) {
  const [asks, found, leaves, helps] = await Promise.all([rowsOf("support/asks"), rowsOf("support/cases"), rowsOf("support/leaves"), rowsOf("support/help")]);
  if (!still()) return;
  helping(helps);
  const may = state.me.may.includes("support");
  byId("ask-box").hidden = !may;
  asks.sort((one, other) => (one.asked_at < other.asked_at ? 1 : -1));
  const rows = asks.slice(0, 100).flatMap((one) => {
    const of = found.filter((each) => each.store === one.store && each.id === one.id);
    const over = Date.parse(one.until_at) < Date.now();
    return of.length ? of.map((each) => ({ ...one, ...each })) : [{ ...one, device: "", state: over ? "lapsed" : "unheard" }];
  });
  table("cases", [
    ["store", "", (row) => storeName(row.store)],
    ["box", "", (row) => row.device],
    ["question", "", (row) => `${said("question", row.question)} ${row.subject}`.trim()],
    ["reason", "text", (row) => row.reason],
    ["state", "", (row) => ({ text: said("case", row.state), className: `pill ${TONE[row.state] || ""}` })],
    ...(may ? [["action", "", (row) => (row.state === "sent" ? looked(row) : "")]] : []),
    ["who", "", (row) => row.asked_by],
    ["when", "", (row) => moment(row.asked_at)],
  ], rows);
  const now = Date.now() * 1000;
  byId("leaves").textContent = leaves.filter((row) => row.until_us > now).map((row) => t("leave_until", { store: storeName(row.store), at: moment(row.until_us / 1000) })).join(" ");
}

// Shops that allow remote help now, with a button for users who may help.
function helping(helps) {
  const open = helps.filter((row) => !row.ended_at && Date.parse(row.until_at) > Date.now());
  byId("help-now").replaceChildren(...open.map((row) => {
    const line = document.createElement("p");
    line.append(t("help_on", { store: storeName(row.store), box: row.device, at: moment(row.until_at, row.store) }), " ");
    if (state.me.may.includes("help")) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "strong", textContent: t("help") });
      button.addEventListener("click", () => helpBox(row));
      line.append(button);
    }
    return line;
  }));
}

function looked(row) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = t("look_at");
  made.addEventListener("click", async () => {
    const answer = await ask(`/v1/stores/${row.store}/support/${row.id}/${row.device}`);
    shown(`${storeName(row.store)} ${row.device}: ${said("question", row.question)}`, JSON.stringify(answer, null, 1));
  });
  return made;
}

byId("ask-box").addEventListener("click", async () => askBox((await rowsOf("stores")).filter((row) => count(row.boxes) !== "0").map((row) => row.store)));
