// What settings are called and what they may be, as the shops' own pages say it: read once, when an area first needs it.

import { state, t } from "./common.js";

let known = {};

export async function settingWords() {
  if (!Object.keys(known).length) known = await (await fetch("/page/settings.json")).json();
  return known;
}

export const settingName = (name) => known[name]?.called[state.lang] ?? name;

// A value in words; null: nobody but config.toml says one.
export function settingText(name, value) {
  if (value === null || value === undefined) return t("as_file");
  const words = known[name]?.values[state.lang] ?? {};
  const said = (one) => words[JSON.stringify(one)] ?? (typeof one === "boolean" ? t(one ? "yes" : "no") : String(one));
  return (Array.isArray(value) ? value.map(said).join(", ") : said(value)) || "–";
}
