// Names of products, categories, attributes, promotions and texts in each language, which are missing, and what became
// of proposals.

import { byId, count, download, Fault, refusal, rowsOf, state, storeName, t, table, words } from "./common.js";
import { editName } from "./edit.js";

const SHOWN = 200;
const TONE = { accepted: "good", proposed: "working", refused: "warning" };
const mayPropose = () => state.me.may.some((right) => right === "publish" || right === "publish:translations");

// The languages of this page, each under its own name; initially from the first into the second.
Object.keys(words).forEach((code, at) => {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
  byId("texts-from").add(new Option(name, code, at === 0));
  byId("texts-to").add(new Option(name, code, false, at === 1));
});

// Products, and everything else with names: categories, attributes, and promotions and texts that aren't over.
async function named() {
  const [goods, others] = await Promise.all([rowsOf("names", { retired: "false" }, 5), rowsOf("shop-texts", {}, 5)]);
  const holds = others.filter((row) => !row.until_at || Date.parse(row.until_at) > Date.now());
  return [...holds, ...goods.map((row) => ({ ...row, key: `product/${row.sku}` }))];
}

// What a text names. A product has a number that people know; other keys are the programs' own.
function itemName(key) {
  const [kind, id] = [key.split("/")[0], key.slice(key.indexOf("/") + 1)];
  return kind === "product" ? `${t(`text_kind_${kind}`)} ${id}` : t(`text_kind_${kind}`);
}

export async function texts(still) {
  const [from, to] = [byId("texts-from").value, byId("texts-to").value];
  const readsStores = ["read", "read:boxes"].some((right) => state.me.may.includes(right));
  const [all, everything, stores] = await Promise.all([named(), rowsOf("translations", {}, 5), readsStores ? rowsOf("stores") : []]);
  if (!still()) return;
  byId("texts-bring").hidden = !mayPropose();
  showSums(all, everything, new Map(stores.map((row) => [row.store, row.language])));
  const brought = everything.filter((one) => one.language === to);
  const kind = byId("texts-kind").value;
  const said = new Map(brought.map((one) => [`${one.store} ${one.key}`, one]));
  const ofTheseTwo = from === to ? [] : all.filter((row) => row.names?.[from] && row.key.startsWith(kind));
  const missing = ofTheseTwo.filter((row) => !row.names[to]);
  const shown = byId("texts-show").value === "missing" ? missing : ofTheseTwo;
  byId("texts-count").textContent = t("texts_missing", { missing: count(missing.length), all: count(ofTheseTwo.length) });
  table("texts", [
    ["store", "", (row) => storeName(row.store)],
    ["preview_item", "text", (row) => itemName(row.key)],
    ["source", "text", (row) => row.names[from]],
    ["translation", "text", (row) => row.names[to] || said.get(`${row.store} ${row.key}`)?.text || ""],
    ["state", "", (row) => stateOf(row, said.get(`${row.store} ${row.key}`), to)],
    ...(mayPropose() ? [["action", "", (row) => proposing(row, from, to)]] : []),
  ], shown.slice(0, SHOWN));
}

// For each language: names given, waiting and missing, and how many of the missing are in the store's own language.
function showSums(all, brought, ofStore) {
  const lines = Object.keys(words).map((language) => {
    const inIt = brought.filter((one) => one.language === language);
    const of = (name) => inIt.filter((one) => one.state === name).length;
    const missing = all.filter((row) => !row.names?.[language]);
    return { language, all: all.length, missing: missing.length, proposed: of("proposed"), accepted: of("accepted"), refused: of("refused"), own: missing.filter((row) => ofStore.get(row.store) === language).length };
  });
  table("text-sums", [
    ["language", "", (one) => words[one.language].own_name],
    ["sum_all", "number", (one) => count(one.all)],
    ["sum_given", "number", (one) => count(one.all - one.missing)],
    ["text_missing", "number", (one) => count(one.missing)],
    ["text_proposed", "number", (one) => count(one.proposed)],
    ["text_accepted", "number", (one) => count(one.accepted)],
    ["text_refused", "number", (one) => count(one.refused)],
    ["sum_own", "number", (one) => (one.own ? { text: count(one.own), className: "pill warning" } : count(0))],
  ], lines);
}

const narrowed = () => new URLSearchParams({ from: byId("texts-from").value, into: byId("texts-to").value, ...state.scope });

async function told(act) {
  byId("texts-left").replaceChildren();
  try {
    byId("texts-brought").textContent = await act();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    byId("texts-brought").textContent = refusal(fault);
  }
}

byId("texts-out").addEventListener("click", () => void told(async () => {
  const query = narrowed();
  query.set("format", byId("texts-format").value);
  query.set("show", byId("texts-show").value);
  await download(`/v1/texts/file?${query}`);
  return "";
}));

byId("texts-in").addEventListener("change", ({ target }) => void told(async () => {
  const headers = { Authorization: `Bearer ${state.token}`, "Content-Type": "application/octet-stream" };
  const answer = await fetch(`/v1/texts/file?${narrowed()}`, { method: "POST", headers, body: target.files[0] });
  target.value = "";
  const said = await answer.json();
  if (!answer.ok) throw new Fault(answer.status, said);
  if (said.left.length) {
    table("texts-left", [
      ["preview_item", "text", (one) => one.id],
      ["state", "", (one) => ({ text: t(`text_${one.outcome}`), className: "pill warning" })],
      ["why", "text", (one) => one.findings.map((name) => words[state.lang][`found_${name}`] || name).join(", ")],
    ], said.left);
  }
  const of = (...names) => count(names.reduce((sum, name) => sum + (said.counts[name] || 0), 0));
  return t("file_brought", { proposed: of("proposed"), stores: count(said.stores), same: of("same"), left: of("unknown", "outdated", "refused") });
}));

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
