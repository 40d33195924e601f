// What goods, categories, attributes, promotions and texts are called in each language, what is missing, and what became
// of what was proposed.

import { byId, count, rowsOf, state, t, table, words } from "./common.js";
import { editName } from "./edit.js";

const SHOWN = 200;
const TONE = { accepted: "good", proposed: "working", refused: "warning" };
const mayPropose = () => state.me.may.some((right) => right === "publish" || right === "publish:translations");

// The languages that this page speaks, each under its own name; at first from the first into the second.
Object.keys(words).forEach((code, at) => {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
  byId("texts-from").add(new Option(name, code, at === 0));
  byId("texts-to").add(new Option(name, code, false, at === 1));
});

// Goods, and what else has names: categories, attributes, promotions and texts for people that are not over.
async function named() {
  const [goods, others] = await Promise.all([rowsOf("names", { retired: "false" }, 5), rowsOf("shop-texts", {}, 5)]);
  const holds = others.filter((row) => !row.until_at || Date.parse(row.until_at) > Date.now());
  return [...holds, ...goods.map((row) => ({ ...row, key: `product/${row.sku}` }))];
}

export async function texts(still) {
  const [from, to] = [byId("texts-from").value, byId("texts-to").value];
  const [all, brought] = await Promise.all([named(), rowsOf("translations", { language: to }, 5)]);
  if (!still()) return;
  const kind = byId("texts-kind").value;
  const said = new Map(brought.map((one) => [`${one.store} ${one.key}`, one]));
  const ofTheseTwo = from === to ? [] : all.filter((row) => row.names?.[from] && row.key.startsWith(kind));
  const missing = ofTheseTwo.filter((row) => !row.names[to]);
  const shown = byId("texts-show").value === "missing" ? missing : ofTheseTwo;
  byId("texts-count").textContent = t("texts_missing", { missing: count(missing.length), all: count(ofTheseTwo.length) });
  table("texts", [
    ["store", "", (row) => row.store],
    ["what", "text", (row) => `${words[state.lang][`text_kind_${row.key.split("/")[0]}`]} ${row.key.slice(row.key.indexOf("/") + 1)}`],
    ["source", "text", (row) => row.names[from]],
    ["translation", "text", (row) => row.names[to] || said.get(`${row.store} ${row.key}`)?.text || ""],
    ["state", "", (row) => stateOf(row, said.get(`${row.store} ${row.key}`), to)],
    ...(mayPropose() ? [["action", "", (row) => proposing(row, from, to)]] : []),
  ], shown.slice(0, SHOWN));
}

function stateOf(row, brought, to) {
  const name = brought?.state || (row.names[to] ? "given" : "missing");
  return { text: words[state.lang][`text_${name}`] || name, className: `pill ${TONE[name] || ""}` };
}

function proposing(row, from, to) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = t("propose");
  made.addEventListener("click", () => editName(row, from, to));
  return made;
}
