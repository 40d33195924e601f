// The names and allowed values of settings, as on the shops' own pages: read once, when an area first needs them.

import { ask, seesAll, state, t } from "./common.js";

let known = {};

export async function settingWords() {
  if (!Object.keys(known).length) known = await (await fetch("/page/settings.json")).json();
  if (seesAll() && ["read", "read:texts"].some((right) => state.me.may.includes(right))) await nameCategories();
  return known;
}

// Settings that choose among the shops' categories show the categories' names.
async function nameCategories() {
  const { rows } = await ask("/v1/categories?limit=1000");
  const called = rows.map(({ id, names }) => [JSON.stringify(id), names[state.lang] ?? Object.values(names)[0] ?? id]);
  const words = Object.fromEntries(called.sort(([, one], [, other]) => one.localeCompare(other, state.lang)));
  for (const setting of Object.values(known)) if (setting.control === "picked") setting.values = { [state.lang]: words };
}

export const settingName = (name) => known[name]?.called[state.lang] ?? name;

// A value in words; null: it's only set in config.toml.
export function settingText(name, value) {
  if (value === null || value === undefined) return t("as_file");
  const words = known[name]?.values[state.lang] ?? {};
  const said = (one) => words[JSON.stringify(one)] ?? (typeof one === "boolean" ? t(one ? "yes" : "no") : String(one));
  return (Array.isArray(value) ? value.map(said).join(", ") : said(value)) || "–";
}
