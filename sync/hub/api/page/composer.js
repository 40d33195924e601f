// Where a publication is written: products chosen from all stores, their new values, which stores get it and when, what
// it changes in each of them, and sending it for approval.

import { ask, byId, count, dayText, Fault, money, nameStores, refusal, state, storeName, t, table, thousandthsOf, words } from "./common.js";
import { made, priceOf, settingRows, settingsIn, typed, wrong } from "./publication.js";
import { previewTable } from "./preview.js";
import { settingName, settingWords } from "./setting_words.js";

const OF_GOODS = ["prices", "catalogue", "promotions", "assortment", "recalls"];
const PRICED = ["prices", "catalogue", "assortment"]; // whose new prices are looked at for a wrong decimal comma
const KINDS = [...OF_GOODS, "texts", "settings"];
const SHOWN = 200; // products in the table; a file may bring more
const PIECE = 2000; // products that are asked for at once
const JUMP = 5; // as often as this is no change of price but a wrong decimal comma (sync/hub/product_choice.py)
const FILTERED = 12; // stores from which on they are found by typing
const FULL = 100_000; // all of it, in thousandths of a percent
const LONE = ["sku", "price_minor"];
const EDITED = ["sku", "names", "category", "brand", "price_minor", "codes", "unit"]; // of a product, here
const UNITS = ["piece", "kg", "litre", "metre", "service"];
const form = byId("composer");
byId("composer-tongues").replaceChildren(...Object.entries(words).map(([lang, said]) => made("label", {}, made("span", { textContent: said.own_name }), made("textarea", { name: `text_${lang}`, rows: 2, maxLength: 400, lang, dir: said.direction }))));
const field = (name) => form.elements[name];
const named = (names, sku) => names?.[state.lang] || Object.values(names || {})[0] || sku;
const changed = new EventTarget();

let draft = null; // { id, seen, kind, items by key, added: how many so far, stores, first, settings, known }
export const onComposed = (act) => changed.addEventListener("changed", act);

// ---- stores

const chosen = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map(({ value }) => value);
const orNull = (names) => (names.length ? names : null);
const reach = () => ({ stores: orNull(chosen("to_store")), groups: orNull(chosen("to_group")) });

function reached() {
  const { stores, groups } = reach();
  if (!stores && !groups) return draft.stores;
  return draft.stores.filter((row) => stores?.includes(row.store) || groups?.includes(row.store_group));
}

// The currency of all stores it reaches; "" if there are several or none is known.
function currency() {
  const all = [...new Set(reached().map((row) => row.currency).filter(Boolean))];
  return all.length === 1 ? all[0] : "";
}

async function allStores() {
  const rows = [];
  for (let after = ""; after !== null;) {
    const found = await ask(`/v1/stores?limit=1000${after ? `&after=${after}` : ""}`);
    rows.push(...found.rows);
    after = found.next;
  }
  return rows.filter((row) => row.state !== "closed");
}

function showStores({ stores, groups } = {}) {
  const tick = (name, value, text, of) => made("label", {}, made("input", { type: "checkbox", name, value, checked: Boolean(of?.includes(value)) }), made("bdi", { textContent: text }));
  const known = [...new Set(draft.stores.map((row) => row.store_group).filter(Boolean))].sort();
  byId("composer-reach").replaceChildren(
    ...known.map((group) => tick("to_group", group, t("of_group", { group }), groups)),
    ...draft.stores.map((row) => tick("to_store", row.store, storeName(row.store), stores)),
  );
  byId("composer-filter").hidden = draft.stores.length <= FILTERED;
  field("first").replaceChildren(new Option(t("any_store"), ""), ...draft.stores.map((row) => new Option(storeName(row.store), row.store)));
  byId("composer-store").replaceChildren(...draft.stores.map((row) => new Option(storeName(row.store), row.store)));
}

// ---- products

// An item's key: its product number, and in a recall also its batch, as a product may have several.
const keyOf = (item) => item.key ?? item.sku;
const recalledKey = (sku, lot) => `${sku}\n${lot}`;

function put(row) {
  const key = draft.kind === "recalls" ? recalledKey(row.sku, `new ${draft.added++}`) : row.sku;
  draft.items.set(key, { key, sku: row.sku, text: "", product: row });
}

const oldPrices = (item) => item.product?.prices.filter((one) => one.price_minor !== null) ?? [];

function oldText(item) {
  const of = currency();
  const all = oldPrices(item).map((one) => one.price_minor);
  if (!item.product) return { text: t("not_known_there"), className: "pill warning" };
  if (!all.length || !of) return all.length ? t("currencies_several") : "–";
  const low = Math.min(...all);
  const high = Math.max(...all);
  return low === high ? money(low, of) : `${money(low, of)} – ${money(high, of)}`;
}

// The prices, by store name where they differ.
function oldCell(item) {
  const prices = item.product?.prices ?? [];
  const said = oldText(item);
  const text = made("bdi", { textContent: said.text ?? said, className: said.className ?? "" });
  if (prices.length < 2 || !currency()) return text;
  const lines = prices.map((one) => {
    const more = one.stores > one.named.length ? t("stores_more", { count: count(one.stores - one.named.length) }) : "";
    return made("li", { textContent: `${one.price_minor === null ? "–" : money(one.price_minor, currency())}${t("colon")}${[...one.named.map(storeName), ...(more ? [more] : [])].join(", ")}` });
  });
  return made("details", {}, made("summary", {}, text), made("ul", {}, ...lines));
}

// The price typed for it; null if there is none or it isn't an amount.
function minorFor(item) {
  try {
    return item.text.trim() ? priceOf(item.text, currency()) : null;
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

function jumps(item) {
  const now = minorFor(item);
  return now !== null && oldPrices(item).some(({ price_minor: was }) => was > 0 && (now >= was * JUMP || now * JUMP <= was));
}

const inPercent = (share) => new Intl.NumberFormat(state.lang, { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(share);

function changeText(item) {
  const now = minorFor(item);
  if (now === null) return { text: item.text.trim() ? t("no_sum") : "", tone: item.text.trim() ? "warning" : "" };
  const all = oldPrices(item).map((one) => one.price_minor);
  if (jumps(item)) return { text: t("decimal_comma"), tone: "grave" };
  if (!all.length || !Math.max(...all)) return { text: "", tone: "" };
  return { text: inPercent(now / Math.max(...all) - 1), tone: "" };
}

// What a product costs with the promotion, from its price without it; null if the promotion isn't complete.
function offered(minor) {
  const [value, kind] = [field("deal_value").value, field("deal").value];
  if (!value.trim()) return null;
  try {
    if (kind !== "percent_off") return kind === "fixed_price" ? Math.min(minor, priceOf(value, currency())) : Math.max(0, minor - priceOf(value, currency()));
    const share = thousandthsOf(value);
    return share > 0 && share <= FULL ? minor - Math.round((minor * share) / FULL) : null; // as tills round it
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

function offerText(item) {
  const all = oldPrices(item).map((one) => offered(one.price_minor));
  if (!all.length || all.includes(null) || !currency()) return "–";
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low === high ? money(low, currency()) : `${money(low, currency())} – ${money(high, currency())}`;
}

// The margin where the promotion leaves the least of it.
function offerMargin(item) {
  const all = oldPrices(item).map((one) => offered(one.price_minor) ?? one.price_minor);
  return marginAt(Math.min(...all), item);
}

function marginText(item) {
  return marginAt(minorFor(item) ?? Math.max(...oldPrices(item).map((one) => one.price_minor), 0), item);
}

function marginAt(now, item) {
  const cost = item.product?.cost_minor;
  if (!(now > 0 && now < Infinity) || cost === null || cost === undefined) return { text: "–", tone: "" };
  return { text: new Intl.NumberFormat(state.lang, { style: "percent", maximumFractionDigits: 1 }).format(1 - cost / now), tone: now < cost ? "grave" : "" };
}

function told(read, item) {
  const place = made("bdi", {});
  const draw = () => {
    const { text, tone } = read(item);
    Object.assign(place, { textContent: text, className: tone });
  };
  draw();
  return [place, draw];
}

function typedField(item, name, attributes, after = () => {}) {
  const one = made("input", { ...attributes, value: item[name] ?? "", ariaLabel: `${t(attributes.word)} ${named(item.product?.names, item.sku)}` });
  one.addEventListener("input", () => { item[name] = one.value; after(); warnOfJumps(); });
  return one;
}

function removal(item) {
  const one = made("button", { type: "button", className: "round", textContent: "×", ariaLabel: `${t("remove")} ${named(item.product?.names, item.sku)}` });
  one.addEventListener("click", () => {
    draft.items.delete(keyOf(item));
    showItems();
    (byId("composer-items").querySelector("tbody button.round") ?? field("search")).focus();
  });
  return one;
}

const PRODUCT = ["product", "text", (item) => ({ text: `${named(item.product?.names, item.sku)} · ${item.sku}` })];
const NOW = ["price_now", "text", oldCell];
const REMOVE = ["action", "", removal];
const priceField = (item, word, after) => typedField(item, "text", { inputMode: "decimal", size: 8, dir: "ltr", maxLength: 20, className: "sum", word }, after);
const COLUMNS = {
  prices: () => {
    const cells = new Map();
    const of = (item) => {
      if (!cells.has(item)) cells.set(item, { change: told(changeText, item), margin: told(marginText, item) });
      return cells.get(item);
    };
    return [
      PRODUCT, NOW,
      ["price_new", "", (item) => priceField(item, "price_new", () => Object.values(of(item)).forEach(([, draw]) => draw()))],
      ["price_change", "number", (item) => of(item).change[0]],
      ["margin_untaxed", "number", (item) => of(item).margin[0]],
      REMOVE,
    ];
  },
  catalogue: () => [
    ["product", "text", (item) => (item.fresh ? { text: `${item.sku} · ${t("product_new")}`, className: "pill" } : PRODUCT[2](item))],
    ["product_name", "", (item) => typedField(item, "name", { maxLength: 300, size: 24, dir: "auto", className: "long", word: "product_name" })],
    ["category", "", categoryField],
    ["brand", "", (item) => typedField(item, "brand", { maxLength: 200, size: 14, dir: "auto", className: "medium", word: "brand" })],
    NOW,
    ["price_new", "", (item) => priceField(item, "price_new")],
    ["barcode_unit", "", (item) => (item.fresh ? made("span", { className: "head" }, typedField(item, "code", { maxLength: 60, size: 14, dir: "ltr", word: "barcode" }), unitField(item)) : "")],
    ["sold", "", soldField],
    REMOVE,
  ],
  promotions: () => [
    PRODUCT, NOW,
    ["price_new", "number", (item) => ({ text: offerText(item) })],
    ["margin_untaxed", "number", (item) => told(offerMargin, item)[0]],
    REMOVE,
  ],
  assortment: () => [
    PRODUCT, NOW,
    ["in_range", "", listedField],
    ["starts_on", "", (item) => typedField(item, "from", { type: "date", word: "starts_on" })],
    ["price_new", "", (item) => priceField(item, "price_new")],
    REMOVE,
  ],
  recalls: () => [
    PRODUCT,
    ["batch_number", "", (item) => typedField(item, "lot", { maxLength: 80, size: 10, dir: "ltr", required: true, word: "batch_number" })],
    ["why", "", (item) => typedField(item, "note", { maxLength: 200, size: 24, word: "why" })],
    REMOVE,
  ],
};

function choiceField(item, name, word, choices) {
  const one = made("select", { ariaLabel: `${t(word)} ${named(item.product?.names, item.sku)}` }, ...choices);
  one.value = item[name] ?? "";
  one.addEventListener("change", () => { item[name] = one.value; });
  return one;
}

function categoryField(item) {
  const known = [...field("category").options].slice(1).map((one) => one.cloneNode(true));
  if (item.category && !known.some((one) => one.value === item.category)) known.push(new Option(item.category, item.category)); // of a store whose categories aren't here yet
  return choiceField(item, "category", "category", [new Option("–", ""), ...known]);
}


const unitField = (item) => choiceField(item, "unit", "unit", UNITS.map((one) => new Option(t(`unit_${one}`), one)));
const soldField = (item) => choiceField(item, "sold", "sold", [new Option(t("sold_stays"), ""), new Option(t("sold_ends"), "retired"), new Option(t("sold_again"), "restored")].filter((one) => !item.fresh || !one.value));

// The current values of a product, from which editing starts.
function begun(item) {
  const { product, lang = state.lang } = item; // a name stays of the language that it was typed in
  return { lang, name: product?.names[lang] ?? "", category: product?.category ?? "", brand: product?.brand ?? "", sold: "", code: "", unit: "piece", fresh: !product, ...item };
}

function addNew() {
  const sku = field("new_sku").value.trim();
  if (!sku || sku.length > 80) throw new Fault(400, { detail: t("sku_wrong") });
  return lookUp([sku], {}).then((known) => {
    if (known.has(sku)) throw new Fault(400, { detail: t("sku_known", { sku }) });
    draft.items.set(sku, begun({ sku, text: "" }));
    field("new_sku").value = "";
    showItems();
  });
}

// Only the fields of a product that were changed.
function productItem(item) {
  const was = begun({ sku: item.sku, product: item.product, lang: item.lang });
  if (item.sold) return { [item.sold]: item.sku };
  const changed = (name) => (item[name] ?? "").trim() !== was[name];
  const name = item.name?.trim();
  if (!name && was.name) throw new Fault(400, { detail: t("product_unnamed", { sku: item.sku }) });
  if (item.fresh && (!name || !item.text.trim())) throw new Fault(400, { detail: t("product_incomplete", { sku: item.sku }) });
  const said = {
    names: changed("name") || item.others ? { ...item.others, ...(name ? { [item.lang]: name } : {}) } : undefined,
    category: changed("category") ? item.category : undefined,
    brand: changed("brand") ? item.brand.trim() : undefined,
    price_minor: item.text.trim() ? sumOf(item) : undefined,
    codes: item.fresh && item.code?.trim() ? [item.code.trim()] : undefined,
    unit: item.fresh ? item.unit : undefined,
  };
  const product = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return Object.keys(product).length ? { product: { sku: item.sku, ...product } } : null;
}

function productItems(items) {
  const found = items.map(productItem).filter(Boolean);
  if (!found.length) throw new Fault(400, { detail: t("products_unchanged") });
  return found;
}

function listedField(item) {
  const one = made("select", { ariaLabel: `${t("in_range")} ${named(item.product?.names, item.sku)}` }, new Option(t("yes"), "yes"), new Option(t("no"), "no"));
  one.value = item.listed ?? "yes";
  one.addEventListener("change", () => { item.listed = one.value; });
  return one;
}

function showItems() {
  const items = [...draft.items.values()];
  if (draft.kind === "catalogue") for (const item of items) Object.assign(item, begun(item));
  if (PRICED.includes(draft.kind)) items.sort((one, other) => jumps(other) - jumps(one));
  byId("composer-items").hidden = !items.length;
  if (items.length) table("composer-items", COLUMNS[draft.kind](), items.slice(0, SHOWN));
  byId("composer-count").textContent = items.length > SHOWN ? t("products_shown", { shown: count(SHOWN), all: count(items.length) }) : items.length ? t("products_chosen", { count: count(items.length) }) : t("products_none");
  byId("composer-all").hidden = draft.kind !== "prices" || !items.length;
  warnOfJumps();
}

function warnOfJumps() {
  const found = PRICED.includes(draft.kind) ? [...draft.items.values()].filter(jumps) : [];
  byId("composer-jumps").hidden = !found.length;
  byId("composer-jumps-said").textContent = found.length ? t("jumps_found", { count: count(found.length), name: named(found[0].product?.names, found[0].sku), price: money(minorFor(found[0]), currency()), was: oldText(found[0]) }) : "";
  if (!found.length) field("jumps").checked = false;
}

async function lookUp(skus, where = reach()) {
  const rows = [];
  for (let at = 0; at < skus.length; at += PIECE) rows.push(...(await ask("/v1/publications/products", { skus: skus.slice(at, at + PIECE), ...where })).rows);
  return new Map(rows.map((row) => [row.sku, row]));
}

async function add(wanted) {
  const products = await lookUp(wanted.map((one) => one.sku));
  for (const one of wanted) draft.items.set(keyOf(one), { text: "", ...draft.items.get(keyOf(one)), ...one, product: products.get(one.sku) });
  showItems();
  return wanted.filter((one) => !products.has(one.sku));
}

async function refreshProducts() {
  if (draft.items.size) await add([...draft.items.values()]);
}

async function find() {
  const { rows, more } = await ask("/v1/publications/products", { search: field("search").value, category: field("category").value, ...reach() });
  const left = rows.filter((row) => !draft.items.has(row.sku)); // of a recall, all: there may be other batches
  const pick = (row) => {
    const one = made("button", { type: "button", textContent: t("add") });
    one.ariaLabel = `${t("add")} ${named(row.names, row.sku)}`;
    one.addEventListener("click", () => {
      put(row);
      const line = one.closest("tr");
      const next = (line.nextElementSibling ?? line.previousElementSibling)?.querySelector("button");
      line.remove();
      showItems();
      (next ?? field("search")).focus();
    });
    return one;
  };
  const item = (row) => ({ sku: row.sku, text: "", product: row });
  table("composer-found", [
    ["product", "text", (row) => ({ text: `${named(row.names, row.sku)} · ${row.sku}` })],
    ["price_now", "text", (row) => oldCell(item(row))],
    ["action", "", pick],
  ], left);
  byId("composer-add-all").hidden = left.length < 2;
  byId("composer-add-all").onclick = () => {
    for (const row of left) if (!draft.items.has(row.sku)) put(row);
    byId("composer-found").replaceChildren();
    byId("composer-add-all").hidden = true;
    showItems();
    field("search").focus();
  };
  byId("composer-said").textContent = more ? t("products_more") : "";
}

// What each kind takes of a line of a file; nothing if it takes none of it.
const FROM_FILE = {
  prices: ({ sku, price }) => price && { sku, text: price },
  promotions: ({ sku }) => ({ sku }),
  assortment: ({ sku, price }) => ({ sku, ...(price ? { text: price } : {}) }),
  recalls: ({ sku, lot }) => ({ key: recalledKey(sku, lot), sku, lot }),
};

// Imports a file: known products are added, with what it says of them; the rest is listed.
async function bringFile(file) {
  const { kind } = draft;
  const headers = { Authorization: `Bearer ${state.token}`, "Content-Type": "application/octet-stream" };
  const asked = { name: file.name, language: state.lang, numbers: !["prices", "catalogue"].includes(kind) };
  const answer = await fetch(`/v1/publications/price-file?${new URLSearchParams(asked)}`, { method: "POST", headers, body: file });
  const found = await answer.json();
  if (!answer.ok) throw new Fault(answer.status, found);
  if (kind === "catalogue") return bringProducts(found.rows);
  const taken = found.rows.map((row) => [row, !row.fault && row.sku && FROM_FILE[kind](row)]);
  const good = new Map(taken.filter(([, item]) => item).map(([, item]) => [keyOf(item), item]));
  const unknown = await add([...good.values()]);
  for (const one of unknown) draft.items.delete(keyOf(one));
  showItems();
  const left = [...new Set(unknown.map((one) => one.sku)), ...taken.filter(([, item]) => !item).map(([row]) => t("line_number", { line: count(row.line) }))];
  const brought = t(kind === "prices" ? "prices_brought" : "goods_brought", { count: count(good.size - unknown.length) });
  byId("composer-said").textContent = `${brought}${left.length ? ` ${t("file_left", { what: left.slice(0, 10).join(", "), count: count(left.length) })}` : ""}`;
}

const same = (one, other) => one.trim().toLocaleLowerCase(state.lang) === other.trim().toLocaleLowerCase(state.lang);

// A line of a file as changes to a product, or the error in it.
function productLine(row, known, seen) {
  const product = known.get(row.sku);
  const wrong = (word, values) => ({ fault: `${t("line_number", { line: count(row.line) })}${t("colon")}${t(word, values)}` });
  if (row.fault) return { fault: `${t("line_number", { line: count(row.line) })}${t("colon")}${row.fault}` };
  if (!row.sku || row.sku.length > 80) return wrong("sku_wrong");
  if (seen.has(row.sku)) return wrong("line_twice", { sku: row.sku });
  const categories = [...field("category").options].slice(1);
  const category = row.category && categories.find((one) => same(one.value, row.category) || same(one.text, row.category))?.value;
  if (row.category && !category) return wrong("category_unknown", { category: row.category });
  const unit = row.unit && UNITS.find((one) => same(one, row.unit) || same(t(`unit_${one}`), row.unit));
  if (row.unit && !unit) return wrong("unit_unknown", { unit: row.unit });
  if (row.name.length > 300 || row.brand.length > 200 || row.code.length > 60) return wrong("line_long");
  if (!product && !(row.name && row.price)) return wrong("product_incomplete", { sku: row.sku });
  const said = pruned({ name: row.name, category, brand: row.brand, ...(product ? {} : { code: row.code, unit }) });
  const item = { ...begun({ sku: row.sku, text: "", product }), ...draft.items.get(row.sku), ...said, ...(row.price ? { text: row.price } : {}) };
  if (row.price && currency() && minorFor(item) === null) return wrong("price_wrong", { name: row.sku });
  return { item };
}

// Imports a product file: new products, and changes to known ones; lines with errors are listed.
async function bringProducts(rows) {
  const known = await lookUp([...new Set(rows.map((row) => row.sku).filter((sku) => sku && sku.length <= 80))], {});
  const [seen, faults] = [new Map(), []];
  for (const row of rows) {
    const { item, fault } = productLine(row, known, seen);
    if (fault) faults.push(fault);
    else seen.set(row.sku, item);
  }
  for (const [sku, item] of seen) draft.items.set(sku, item);
  showItems();
  const fresh = [...seen.values()].filter((item) => item.fresh).length;
  const left = faults.length ? ` ${t("lines_left", { count: count(faults.length), what: faults.slice(0, 10).join(" · ") })}` : "";
  byId("composer-said").textContent = `${t("products_brought", { fresh: count(fresh), known: count(seen.size - fresh) })}${left}`;
}

// Copies products and stores from the latest publication of this kind.
async function likeLast() {
  const { rows } = await ask("/v1/publications/states?limit=1000");
  const [last] = rows.filter((row) => row.kinds.length === 1 && row.kinds[0] === draft.kind && row.id !== draft.id).sort((one, other) => (one.changed_at < other.changed_at ? 1 : -1));
  if (!last) {
    byId("composer-said").textContent = t("none_before");
    return;
  }
  const [whole] = (await ask(`/v1/publications?id=${encodeURIComponent(last.id)}`)).rows;
  showStores(whole.reach);
  await add(itemsOf(whole.directives[0]).map((item) => ({ ...item, text: "" })));
  byId("composer-said").textContent = t("taken_from", { title: last.title || last.id });
}

function productTyped(one) {
  if (one.retired || one.restored) return { sku: one.retired || one.restored, text: "", sold: one.retired ? "retired" : "restored", fresh: false };
  const { sku, names, category, brand, price_minor: price, codes, unit } = one.product;
  const { [state.lang]: name, ...others } = names ?? {};
  return pruned({ sku, text: price === undefined ? "" : typed(price, currency()), name, category, brand, code: codes?.[0], unit, fresh: Boolean(unit), others: Object.keys(others).length ? others : undefined });
}

// A directive's products, as the table shows them.
function itemsOf({ kind, body }) {
  const [said] = Object.values(body);
  if (kind === "catalogue") return said.map(productTyped);
  if (kind === "promotions") return (said[0].set?.goods?.skus ?? []).map((sku) => ({ sku, text: "" }));
  const text = (one) => (one.price_minor === undefined || one.price_minor === null ? "" : typed(one.price_minor, currency()));
  return said.filter((one) => one.sku).map((one) => ({ sku: one.sku, text: text(one), listed: one.listed === false ? "no" : "yes", from: dayIn(one.from_us), lot: one.lot ?? "", note: one.note ?? "", ...(kind === "recalls" ? { key: recalledKey(one.sku, one.lot ?? "") } : {}) }));
}

// ---- sending

const momentOf = (day, time = "00:00") => (day ? new Date(`${day}T${time || "00:00"}`) : null);
const micros = (moment) => (moment ? moment.getTime() * 1000 : undefined);
const dayIn = (us) => (us ? new Date(us / 1000).toLocaleDateString("sv") : "");
const lastDayIn = (us) => dayIn(us && us - 1);

// From the first day to the last one, whole; what a program wrote to the minute stays, unless the day is changed.
function days() {
  const [first, last] = [field("begins").value, field("ends").value];
  const { from_us: from, until_us: until } = draft.written ?? {};
  const next = momentOf(last);
  next?.setDate(next.getDate() + 1);
  return { from_us: first === dayIn(from) ? from : micros(momentOf(first)), until_us: last === lastDayIn(until) ? until : micros(next) };
}

const pruned = (one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined && value !== ""));

const BODIES = {
  prices: (items) => items.map((item) => ({ sku: item.sku, price_minor: sumOf(item) })),
  assortment: (items) => items.map((item) => pruned({ sku: item.sku, listed: item.listed !== "no", from_us: micros(momentOf(item.from)), price_minor: item.text.trim() ? sumOf(item) : undefined, group: (reach().groups ?? []).join(", ").slice(0, 60) })),
  recalls: (items) => items.map((item) => {
    if (!item.lot?.trim()) throw new Fault(400, { detail: t("batch_missing", { name: named(item.product?.names, item.sku) }) });
    return pruned({ sku: item.sku, lot: item.lot.trim(), note: item.note?.trim() });
  }),
  catalogue: productItems,
  promotions: (items) => [{ set: promotion(items) }],
  texts: () => [{ text: pruned({ id: draft.inner, place: field("place").value, texts: textsTyped(), ...days() }) }],
  settings: () => settingsIn(byId("composer-settings").firstElementChild, draft.known, currency()),
};

function sumOf(item) {
  const name = named(item.product?.names, item.sku);
  if (!currency()) throw new Fault(400, { detail: t("currencies_differ") });
  const minor = minorFor(item);
  if (minor === null) throw new Fault(400, { detail: t("price_wrong", { name }) });
  return minor;
}

function promotion(items) {
  const name = field("promotion_name").value.trim();
  if (!name) throw new Fault(400, { detail: t("promotion_unnamed") });
  const [value, kind] = [field("deal_value").value, field("deal").value];
  const share = thousandthsOf(value);
  if (kind === "percent_off" && !(share > 0 && share <= FULL)) throw wrong(value);
  const deal = { percent_off: () => ({ share }), amount_off: () => ({ off_minor: priceOf(value, currency()) }), fixed_price: () => ({ price_minor: priceOf(value, currency()) }) };
  const names = { ...draft.names, [state.lang]: name };
  const goods = items.length ? { skus: items.map((item) => item.sku) } : undefined;
  return pruned({ ...draft.promotion, id: draft.inner, names, deal: { kind, ...deal[kind]() }, goods, ...days() });
}

function textsTyped() {
  const found = pruned(Object.fromEntries([...byId("composer-texts").querySelectorAll("textarea")].map((one) => [one.name.slice(5), one.value.trim().replaceAll("\r\n", "\n")])));
  if (!Object.keys(found).length) throw new Fault(400, { detail: t("text_missing_here") });
  return found;
}

// The directives that undo it, for kinds whose previous values head office doesn't know.
const BACK = {
  recalls: (said) => said.map(({ sku, lot }) => ({ sku, lot, lifted: true })),
  texts: () => [{ ended: draft.inner }],
};

function publication() {
  const { kind } = draft;
  const items = [...draft.items.values()];
  if (OF_GOODS.includes(kind) && kind !== "promotions" && !items.length) throw new Fault(400, { detail: t("products_none") });
  const said = BODIES[kind](items);
  const hours = field("pause_hours").value.trim();
  if (!/^\d+$/.test(hours)) throw wrong(hours);
  const first = field("first").value;
  const from = momentOf(field("from_day").value, field("from_time").value);
  return {
    title: field("title").value.trim(), directives: [{ kind, body: bodyOf(kind, said) }], ...reach(), pause_s: Number(hours) * 3600,
    first: first ? (draft.first?.includes(first) ? draft.first : [first]) : null,
    ...(from ? { from_at: from.toISOString() } : {}),
    ...(BACK[kind] ? { back: [{ kind, body: bodyOf(kind, BACK[kind](said)) }] } : {}),
    ...(field("urgent").checked ? { urgent: true } : {}),
  };
}

// The key of a kind's items in its body.
const LISTS = { catalogue: "products" };
const bodyOf = (kind, said) => ({ [LISTS[kind] ?? kind]: said });
const place = () => `/v1/publications/${encodeURIComponent(draft.id)}`;

async function save() {
  await ask(place(), publication(), { method: "PUT", ...(draft.seen ? { "If-Match": `"${draft.seen}"` } : {}) });
  const [row] = (await ask(`/v1/publications?id=${encodeURIComponent(draft.id)}`)).rows;
  draft.seen = row.changed_at;
  changed.dispatchEvent(new Event("changed"));
}

async function submit() {
  await save();
  await ask(`${place()}/submit`, { jumps: field("jumps").checked });
  leave();
  changed.dispatchEvent(new Event("changed"));
}

// Previews a store: the current values, the new ones, and any warnings.
async function preview() {
  await save();
  const store = byId("composer-store").value;
  const of = draft.stores.find((row) => row.store === store)?.currency || "";
  const found = await ask(`${place()}/preview?${new URLSearchParams({ store })}`);
  previewTable("composer-preview", found, { currency: of, category: (id) => [...field("category").options].find((one) => one.value === id)?.text ?? id });
  const { wave, conflicts } = found;
  const others = conflicts.map((one) => t("conflict", { other: one.title || one.publication, stores: one.stores, fields: one.fields.map((name) => settingName(name)).join(", ") }));
  byId("composer-previewed").textContent = [wave === null ? t("not_reached") : "", ...others].filter(Boolean).join(" ");
}

// ---- the form

function fit() {
  const { kind } = draft;
  byId("composer-goods").hidden = !OF_GOODS.includes(kind);
  byId("composer-files").firstElementChild.textContent = t(kind === "prices" ? "prices_file" : "products_file");
  byId("composer-fresh").hidden = kind !== "catalogue";
  byId("composer-settings").hidden = kind !== "settings";
  byId("composer-promotion").hidden = kind !== "promotions";
  byId("composer-texts").hidden = kind !== "texts";
  byId("composer-days").hidden = !["promotions", "texts"].includes(kind);
  if (OF_GOODS.includes(kind)) showItems();
  else byId("composer-jumps").hidden = true;
  for (const one of byId("composer-settings").querySelectorAll(":is(select, input, textarea)")) one.disabled = kind !== "settings";
}

function fill(whole) {
  const [directive] = whole?.directives ?? [];
  const [said] = directive ? Object.values(directive.body) : [[]];
  for (const name of ["title", "search", "percent", "promotion_name", "deal_value", "new_sku", "begins", "ends", "from_day", "from_time"]) field(name).value = "";
  field("title").value = whole?.title ?? "";
  field("pause_hours").value = String(whole ? Math.round(whole.pause_s / 3600) : 1);
  field("urgent").checked = Boolean(whole?.urgent);
  field("jumps").checked = false;
  field("first").value = whole?.reach.first?.[0] ?? "";
  if (whole?.from_at) {
    const from = new Date(whole.from_at);
    field("from_day").value = from.toLocaleDateString("sv");
    field("from_time").value = from.toLocaleTimeString("sv").slice(0, 5);
  }
  const inner = draft.kind === "promotions" ? said[0]?.set : draft.kind === "texts" ? said[0]?.text : null;
  draft.written = inner;
  field("begins").value = dayIn(inner?.from_us);
  field("ends").value = lastDayIn(inner?.until_us);
  if (draft.kind === "promotions" && inner) {
    Object.assign(draft, { inner: inner.id, promotion: inner, names: inner.names });
    field("promotion_name").value = named(inner.names, "");
    const { kind, share, off_minor: off, price_minor: price } = inner.deal;
    field("deal").value = kind;
    field("deal_value").value = share ? String((share * 100) / FULL) : typed(off ?? price, currency());
  }
  if (draft.kind === "texts" && inner) draft.inner = inner.id;
  for (const one of byId("composer-texts").querySelectorAll("textarea")) one.value = draft.kind === "texts" ? inner?.texts[one.name.slice(5)] ?? "" : "";
  if (draft.kind === "texts" && inner) field("place").value = inner.place;
  byId("composer-settings").replaceChildren(settingRows(draft.known, draft.kind === "settings" ? said : [], currency()));
}

// Whether the page can show everything in a publication, so that writing it again loses nothing.
export function isComposed({ kinds }) {
  return kinds.length === 1 && KINDS.includes(kinds[0]);
}

// Whether it has a single directive, and only items of the form that this page writes.
function isWhole({ directives: [directive, ...others] }) {
  const [said] = Object.values(directive.body);
  if (others.length) return false;
  if (directive.kind === "prices") return said.every((one) => Object.keys(one).every((name) => LONE.includes(name)));
  if (directive.kind === "catalogue") return said.every(({ product }) => !product || (Object.keys(product).every((name) => EDITED.includes(name)) && (product.codes?.length ?? 0) < 2));
  if (directive.kind === "promotions") return said.length === 1 && ["percent_off", "amount_off", "fixed_price"].includes(said[0].set?.deal.kind);
  if (directive.kind === "texts") return said.length === 1 && Boolean(said[0].text);
  return directive.kind !== "settings" || said.every((one) => one.name in draft.known && !one.cleared);
}

function choose(name, ...options) {
  const { value } = field(name);
  field(name).replaceChildren(...options);
  field(name).value = value;
}

// What the form says in the page's language, and not of what was typed. What was answered before is gone.
function word() {
  const { row, approvers, categories } = draft;
  byId("composer-title").textContent = row ? `${t("change")}${t("colon")}${row.title || t("kind_publication")}` : t("new_publication");
  choose("kind", ...KINDS.map((one) => new Option(t(`kind_${one}`), one)));
  choose("category", new Option(t("every"), ""), ...categories.map((one) => new Option(named(one.names, one.id), one.id)).sort((one, other) => one.text.localeCompare(other.text, state.lang)));
  for (const id of ["composer-found", "composer-preview"]) byId(id).replaceChildren();
  for (const id of ["composer-said", "composer-saved", "composer-error", "composer-previewed"]) byId(id).textContent = "";
  byId("composer-add-all").hidden = true;
  byId("composer-approvers").textContent = approvers.length ? t("approved_by", { who: approvers.join(", ") }) : t("approved_by_nobody");
}

// The same in another language, with all that was typed; incomplete settings stay as they are.
addEventListener("languagechange", () => {
  if (!draft) return;
  const kept = ["first", "kind"].map((name) => [name, field(name).value]);
  word();
  showStores(reach());
  for (const [name, value] of kept) field(name).value = value;
  try {
    if (draft.kind === "settings") byId("composer-settings").replaceChildren(settingRows(draft.known, BODIES.settings(), currency()));
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
  }
  fit();
});

// Opens a new publication, or an existing one; `row`: from the list of publications.
export async function compose(row = null) {
  const fresh = Date.now().toString(36);
  const [stores, known, { rows: approvers }, { rows: categories }] = await Promise.all([allStores(), settingWords(), ask("/v1/publications/approvers"), ask("/v1/categories?limit=1000")]);
  nameStores(stores);
  const [whole] = row ? (await ask(`/v1/publications?id=${encodeURIComponent(row.id)}`)).rows : [];
  const kind = whole?.directives[0].kind ?? "prices";
  draft = { id: row?.id ?? `p-${fresh}`, inner: `p-${fresh}`, seen: whole?.changed_at ?? "", kind, items: new Map(), stores, known, first: whole?.reach.first ?? null, row, approvers, categories, added: 0 };
  if (whole && !isWhole(whole)) throw new Fault(409, { detail: t("written_elsewhere") });
  field("kind").disabled = Boolean(row);
  field("category").replaceChildren();
  word();
  field("kind").value = kind;
  showStores(whole?.reach);
  fill(whole);
  byId("composer-lost").hidden = true;
  form.hidden = false;
  fit();
  if (whole && OF_GOODS.includes(kind)) await add(itemsOf(whole.directives[0]));
  byId("composer-title").focus();
  byId("composer-title").scrollIntoView({ block: "start" });
}

export function close() {
  draft = null;
  form.hidden = true;
  for (const id of ["composer-found", "composer-items", "composer-preview", "composer-reach", "composer-settings"]) byId(id).replaceChildren();
  byId("composer-approvers").textContent = "";
}

// Closes it, where its user goes on.
function leave() {
  close();
  byId("new-publication").focus();
}

// Runs `act`, and shows why it failed where the user can see it.
async function attempt(act) {
  byId("composer-error").textContent = byId("composer-saved").textContent = "";
  byId("composer-lost").hidden = true;
  form.ariaBusy = "true";
  try {
    await act();
  } catch (fault) {
    if (!(fault instanceof Fault) && !(fault instanceof TypeError)) throw fault;
    const edited = fault.code === "publication_edited";
    byId("composer-error").textContent = !(fault instanceof Fault) ? t("away") : edited ? t("edited_meanwhile", { who: fault.values.who, at: dayText(fault.values.at.slice(0, 10)) }) : fault.code === "publication_jump" ? t("jump_refused") : refusal(fault);
    byId("composer-lost").hidden = !edited;
    if (fault.code === "publication_jump") byId("composer-jumps").hidden = false;
  } finally {
    form.ariaBusy = null;
  }
}

const on = (id, act) => byId(id).addEventListener("click", () => void attempt(act));
on("composer-find", find);
on("composer-new", addNew);
on("composer-last", likeLast);
on("composer-show", preview);
on("composer-save", async () => { await save(); byId("composer-saved").textContent = t("draft_saved"); });
on("composer-theirs", () => compose({ id: draft.id, title: field("title").value }));
on("composer-own", async () => {
  Object.assign(draft, { id: `p-${Date.now().toString(36)}`, seen: "" });
  await save();
});
on("composer-percent", () => {
  const share = thousandthsOf(field("percent").value);
  if (share === undefined) throw wrong(field("percent").value);
  for (const item of draft.items.values()) {
    const was = Math.max(...oldPrices(item).map((one) => one.price_minor), 0);
    if (was && currency()) item.text = typed(Math.round(was * (1 + share / FULL)), currency());
  }
  showItems();
});
byId("composer-close").addEventListener("click", leave);
form.addEventListener("submit", (event) => { event.preventDefault(); void attempt(submit); });
field("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  void attempt(find);
});
field("category").addEventListener("change", () => void attempt(find));
for (const name of ["deal", "deal_value"]) field(name).addEventListener("input", showItems);
field("kind").addEventListener("change", () => {
  draft.kind = field("kind").value;
  draft.items = new Map([...draft.items.values()].map(({ key, ...item }) => [item.sku, item])); // each product once, whatever batches it had
  for (const id of ["composer-said", "composer-saved", "composer-error", "composer-previewed"]) byId(id).textContent = ""; // of the kind before
  byId("composer-lost").hidden = true;
  fit();
});
field("prices_file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  target.value = ""; // so that the same file can be chosen again once it was corrected
  void attempt(() => bringFile(file));
});
byId("composer-reach").addEventListener("change", () => void attempt(refreshProducts));
byId("composer-filter").querySelector("input").addEventListener("input", ({ target }) => {
  const wanted = target.value.trim().toLocaleLowerCase(state.lang);
  for (const one of byId("composer-reach").children) one.hidden = !one.textContent.toLocaleLowerCase(state.lang).includes(wanted) && !one.querySelector("input").checked;
});
