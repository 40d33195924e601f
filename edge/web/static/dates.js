// Dates and times in the format of the shop's country, and as people type them. Head office's page can change its language
// while it's open, so nothing here is cached.

const locale = () => document.body.dataset.dates || document.documentElement.lang;
const written = { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC", calendar: "gregory", numberingSystem: "latn" };
const formats = new Map(); // by locale
const day = () => formats.get(locale()) ?? formats.set(locale(), new Intl.DateTimeFormat(locale(), written)).get(locale());
const order = () => day().formatToParts(0).map(({ type }) => type).filter((type) => type !== "literal"); // such as day, month, year
const ZEROS = [0x660, 0x6f0]; // Arabic and Persian digits

const plain = (text) => text.replace(/[٠-٩۰-۹]/gu, (one) => String(one.codePointAt(0) - ZEROS.findLast((zero) => zero <= one.codePointAt(0))));
const two = (number) => String(number).padStart(2, "0");

// "2026-11-24" in the local format: 24/11/2026, 11/24/2026, 24.11.2026; "" stays "".
export const writeDate = (iso) => (iso ? day().format(Date.parse(`${iso}T00:00Z`)).replace(/[\u200e\u200f]/g, "") : "");
export const writeTime = (iso) => iso.slice(0, 5);
export const writeMoment = (iso) => (iso ? `${writeDate(iso.slice(0, 10))} ${iso.slice(11, 16)}` : "");

// The placeholder of a date field, in the page's own letters: DD/MM/YYYY.
export const dateOrder = ({ letters = "DMY" }) =>
  day().formatToParts(0).map(({ type, value }) => ({ day: letters[0].repeat(2), month: letters[1].repeat(2), year: letters[2].repeat(4) })[type] ?? value).join("").replace(/[\u200e\u200f]/g, "");

// A typed date as ISO 8601; null if it isn't one. Without a year it's this year; 24112026 and 241126 work without
// separators; a four-digit first part is always the year, whatever the local order.
export function readDate(text) {
  let parts = plain(text).trim().split(/[^\d]+/).filter(Boolean);
  if (parts.length === 1 && /^(\d{6}|\d{8})$/.test(parts[0])) parts = apart(parts[0]);
  const kinds = parts[0]?.length === 4 ? ["year", "month", "day"] : order().filter((kind) => parts.length > 2 || kind !== "year");
  if (parts.length < 2 || parts.length > 3) return null;
  const said = Object.fromEntries(kinds.map((kind, at) => [kind, Number(parts[at])]));
  said.year ??= new Date().getFullYear();
  if (said.year < 100) said.year += 2000;
  const iso = `${String(said.year).padStart(4, "0")}-${two(said.month)}-${two(said.day)}`;
  const known = new Date(`${iso}T00:00Z`);
  return !Number.isNaN(known.valueOf()) && known.toISOString().startsWith(iso) ? iso : null;
}

// Without separators the local order isn't meant if it gives a year before this: "20101224" is the year 2010 everywhere.
const EARLIEST = 1900;

function apart(digits) {
  const year = digits.length - 4;
  const local = cut(digits, order().map((kind) => (kind === "year" ? year : 2)));
  const yearFirst = cut(digits, [4, 2, 2]);
  const isEarly = year === 4 && Number(local[order().indexOf("year")]) < EARLIEST;
  return isEarly && Number(yearFirst[0]) >= EARLIEST ? yearFirst : local;
}

function cut(digits, lengths) {
  let from = 0;
  return lengths.map((length) => digits.slice(from, (from += length)));
}

// A typed time as "HH:MM"; null if it isn't one. 9, 9:30, 9h30, 930 and 9 pm are accepted.
export function readTime(text) {
  const [, hours, minutes = "0", half] = /^(\d{1,2})(?:\s*[:.hH]?\s*(\d{2}))?\s*(?:[hH])?\s*([ap])?\.?m?\.?$/i.exec(plain(text).trim()) ?? [];
  if (hours === undefined) return null;
  const late = half?.toLowerCase() === "p" && Number(hours) < 12 ? 12 : 0;
  const hour = half?.toLowerCase() === "a" && Number(hours) === 12 ? 0 : Number(hours) + late;
  return hour < 24 && Number(minutes) < 60 ? `${two(hour)}:${two(minutes)}` : null;
}

// The first day of the week: as the shop's pages say, else by the language; 0 is Sunday.
export const firstWeekday = () => {
  const { firstWeekday: said } = document.body.dataset;
  if (said) return Number(said) % 7;
  const here = new Intl.Locale(locale());
  return (here.getWeekInfo?.() ?? here.weekInfo ?? { firstDay: 1 }).firstDay % 7;
};
export const weekdayNames = () => [0, 1, 2, 3, 4, 5, 6].map((one) => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "narrow", timeZone: "UTC" }).format(Date.UTC(2023, 0, 1 + one)));
export const monthName = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(at);
export const dayName = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeZone: "UTC" }).format(at);
