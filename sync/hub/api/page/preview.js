// What a publication changes in a store: the current values, the new ones, and any warning. In a draft, and before each
// of its steps.

import { count, dayText, money, percent, state, t, table, words } from "./common.js";
import { made } from "./publication.js";
import { settingName, settingText } from "./setting_words.js";

const WARNED = ["below_cost", "price_jump"];
const OF_GOODS = ["prices", "catalogue", "assortment", "recalls"];
const PRODUCT_WORDS = { names: "product_name", category: "category", brand: "brand", unit: "unit", price_minor: "price_new", codes: "barcode" };
const inLanguage = (names) => names?.[state.lang] || Object.values(names || {})[0] || "";
const priced = (value, currency) => (currency && Number.isInteger(value) ? money(value, currency) : plain(value));

// A value of any kind, as someone can read it.
function plain(value) {
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "object" ? Object.entries(value).map(([name, one]) => `${name} ${typeof one === "object" ? JSON.stringify(one) : one}`).join(", ") : String(value);
}

const lines = (parts) => parts.filter(([, value]) => value !== undefined && value !== "").map(([word, value]) => `${t(word)}${t("colon")}${value}`).join(", ");
const dayOf = (us) => (us ? dayText(new Date(us / 1000).toLocaleDateString("sv")) : undefined);

const DEALS = {
  percent_off: ({ share }) => percent(share),
  amount_off: ({ off_minor: off }, currency) => priced(off, currency),
  fixed_price: ({ price_minor: price }, currency) => priced(price, currency),
};

// The new or current value of a field, by kind; null: there is none.
const SAID = {
  settings: (value, { field }) => settingText(field, value),
  prices: (value, { currency }) => priced(value, currency),
  catalogue: (value, { currency, category }) => {
    if (value === null || typeof value !== "object") return t(value === null ? "sold_not" : "sold_yes");
    const said = { names: (names) => Object.values(names).join(" · "), category, unit: (unit) => words[state.lang][`unit_${unit}`] ?? unit, codes: (codes) => codes.join(", "), price_minor: (price) => priced(price, currency) };
    return lines(Object.entries(value).filter(([name]) => name in PRODUCT_WORDS).map(([name, one]) => [PRODUCT_WORDS[name], one === null || one === "" ? "–" : (said[name] ?? String)(one)]));
  },
  assortment: (value, { currency }) => {
    if (value === null || typeof value !== "object") return plain(value);
    const { listed, from_us: from, price_minor: price } = value;
    return lines([["in_range", t(listed === false ? "no" : "yes")], ["starts_on", dayOf(from)], ["price_new", price === undefined ? undefined : priced(price, currency)]]);
  },
  promotions: (value, { currency }) => {
    if (!value) return "–";
    const { names, deal, goods, from_us: from, until_us: until } = value;
    const deals = DEALS[deal?.kind] ? [[`deal_${deal.kind}`, DEALS[deal.kind](deal, currency)]] : [];
    return [inLanguage(names), lines([...deals, ["area_products", goods?.skus ? count(goods.skus.length) : undefined], ["begins", dayOf(from)], ["ends", dayOf(until && until - 1)]])].filter(Boolean).join(" · ");
  },
  texts: (value) => (value?.texts ? [words[state.lang][`place_${value.place}`] ?? value.place, ...Object.values(value.texts)].join(" · ") : plain(value)),
};

// A field's name for people: a setting's, or a product's with its number.
function called({ kind, field }, names) {
  if (kind === "settings") return settingName(field);
  const name = OF_GOODS.includes(kind) ? inLanguage(names[field.split(" ", 1)[0]]) : "";
  return name ? `${name} · ${field}` : field;
}

// `currency`: the store's, "" if none is known; `category`: a category's name by its id.
export function previewTable(place, { changes, names }, { currency = "", category = String } = {}) {
  const value = (one, said) => (SAID[one.kind] ?? plain)(said, { field: one.field, currency, category });
  const warning = (one) => made("bdi", { textContent: `${t(`finding_${one.finding}`)}${one.finding === "below_cost" ? ` ${priced(one.cost, currency)}` : ""}`, className: WARNED.includes(one.finding) ? "pill warning" : "pill" });
  table(place, [
    ["preview_item", "text", (one) => made("span", { className: "previewed" }, made("bdi", { textContent: called(one, names) }), ...(one.finding ? [warning(one)] : []))],
    ["is_now", "text", (one) => value(one, one.was)],
    ["would_be", "text", (one) => value(one, one.now)],
  ], changes);
}
