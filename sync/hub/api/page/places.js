// Country, currency and time zone of a store, chosen by name; the country proposes the other two.

import { Fault, state, t } from "./common.js";
import { introduce } from "./picker.js";
import { made } from "./publication.js";

const NAMED = ["country", "currency", "zone"];
let known = null; // by country: its currency, then its time zones, the likeliest first
const zoneNames = {}; // by language: there are hundreds, and each takes a formatter

export const CHOSEN = { country: { pick: "of-country" }, zone: { pick: "of-zone" }, currency: { pick: "of-currency" } };

export async function readPlaces() {
  known ??= await (await fetch("/page/places.json")).json();
}

function zoneName(zone) {
  try {
    const format = new Intl.DateTimeFormat(state.lang, { timeZone: zone, timeZoneName: "longGeneric" });
    return format.formatToParts().find(({ type }) => type === "timeZoneName").value;
  } catch {
    return zone; // an older browser doesn't know its newer name
  }
}

function namesOfZones() {
  zoneNames[state.lang] ??= new Map(Object.values(known).flatMap(([, ...zones]) => zones).map((zone) => [zone, zoneName(zone)]));
  return zoneNames[state.lang];
}

function options(codes, nameOf, sorted = true) {
  const found = [...new Set(codes)].map((value) => ({ value, label: nameOf(value) }));
  return (sorted ? found.sort((one, other) => one.label.localeCompare(other.label, state.lang)) : found).map((one) => made("option", one));
}

// The options of the three fields, to be put into their form.
export function placeLists() {
  const named = (type) => { const names = new Intl.DisplayNames(state.lang, { type }); return (code) => names.of(code); };
  const list = (id, found) => made("datalist", { id }, ...found);
  return made("div", { hidden: true },
    list("of-country", options(Object.keys(known), named("region"))),
    list("of-currency", options(Object.values(known).map(([currency]) => currency), named("currency"))),
    list("of-zone", []));
}

const placeOf = (country) => known[country.value.trim().toUpperCase()] ?? [];

// Names the chosen codes, and has the country propose what is empty or came from the country before.
export function choosePlaces(form) {
  const { country, currency, zone } = form.elements;
  const zones = () => {
    const [, ...own] = placeOf(country);
    const names = namesOfZones();
    form.querySelector("#of-zone").replaceChildren(...options([...own, ...[...names.keys()].sort()], (one) => names.get(one), false));
  };
  let before = placeOf(country);
  country.addEventListener("change", () => {
    country.value = codeOf(form, "country") ?? country.value;
    const now = placeOf(country);
    zones();
    for (const [at, field] of [currency, zone].entries()) {
      if (now[at] && (!field.value || field.value === before[at])) field.value = now[at];
      void introduce(field);
    }
    before = now;
  });
  zones();
  for (const field of [country, currency, zone]) void introduce(field);
}

// The code of what was chosen or typed, as a code or by name; undefined if it isn't in the list.
function codeOf(form, name) {
  const text = form.elements[name].value.trim().toLocaleLowerCase();
  const found = [...form.querySelector(`#of-${name}`).options].find(({ value, label }) => [value, label].some((one) => one.toLocaleLowerCase() === text));
  return text ? found?.value : "";
}

// The three codes, for head office. Values that were there before stay as they are.
export function placeCodes(form, row) {
  return Object.fromEntries(NAMED.map((name) => {
    const text = form.elements[name].value.trim();
    const code = row && text === row[name] ? text : codeOf(form, name);
    if (code === undefined) throw new Fault(400, { detail: t("not_in_list", { value: text }) });
    return [name, code];
  }));
}
