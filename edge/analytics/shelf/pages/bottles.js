// Counting bottles from a picture: shows what was detected, and adds it to a count once someone confirms.

import "./dialogs.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const ASK_AGAIN_MS = 400;
const LOOK_LIMIT_MS = 120_000;
const WHOLE = 1000; // thousandths
const FULL = 0.95; // of a bottle: it is whole
const LONG_SIDE = 1920; // pixels: in this size a picture is looked at
const { lang } = document.body.dataset;
const TWO_DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const $ = (id) => document.getElementById(id);
const main = document.querySelector("main");
const complain = (id, text) => ($(id).textContent = text);
const units = JSON.parse($("units").textContent);
let seen = new Map(); // by sku: what goes into the count, in thousandths of its unit

const headers = () => ({ Register: document.body.dataset.register, Surface: "panel", "Accept-Language": lang });

const bring = (address, file) =>
  granted(async (Grant) => {
    const got = await fetch(`/api/v1/${address}`, { method: "POST", body: file, headers: { ...headers(), Grant } });
    return { status: got.status, body: await got.json() };
  });

// Waits for a vision job and returns its result; throws its error message.
async function result(job) {
  for (const until = Date.now() + LOOK_LIMIT_MS; Date.now() < until; ) {
    const told = await (await fetch(`/api/v1/vision/processing-status/${job}`, { headers: headers() })).json();
    if (told.status === "completed") return told.result;
    if (told.status === "failed") throw new Error(told.error.message);
    await new Promise((resume) => setTimeout(resume, ASK_AGAIN_MS));
  }
  throw new Error("…");
}

$("look").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = event.target.elements.picture.files;
  complain("look-error", "");
  $("looking").hidden = false;
  const begun = await bring("vision/detect-bottles", file);
  try {
    if (begun?.status !== 202) throw new Error(begun ? messageOf(begun) : "");
    await show(file, await result(begun.body.job_id));
  } catch (error) {
    complain("look-error", error.message);
  }
  $("looking").hidden = true;
});

async function show(file, { bottles }) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const canvas = Object.assign($("shown"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  $("seen").hidden = false;
  const boxes = $("boxes");
  boxes.setAttribute("viewBox", `0 0 ${canvas.width} ${canvas.height}`);
  const drawn = bottles.map(({ box: [left, top, right, bottom], fill_level: level }) => {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) rect.setAttribute(name, value);
    rect.classList.toggle("known", level !== null);
    return rect;
  });
  boxes.replaceChildren(...drawn);
  fill(bottles);
}

// One row per product. Bottles without a measured level get their own row and aren't counted. Products sold by volume
// count by volume; for those sold by the piece, an opened bottle doesn't count.
function fill(bottles) {
  const rows = new Map();
  seen = new Map();
  for (const { sku, fill_level: level, ml } of bottles) {
    const key = level === null ? "" : sku;
    const row = rows.get(key) ?? { count: 0, thousandths: 0, counted: 0 };
    const counted = units[sku] === "litre" ? ml ?? 0 : level >= FULL ? WHOLE : 0; // a thousandth of a litre is a millilitre
    rows.set(key, { count: row.count + 1, thousandths: row.thousandths + Math.round((level ?? 0) * WHOLE), counted: row.counted + counted });
  }
  const table = $("found");
  table.hidden = false;
  table.tBodies[0].replaceChildren(
    ...[...rows].map(([sku, { count, thousandths, counted }]) => {
      const row = document.createElement("tr");
      const inCount = sku ? `${(counted / WHOLE).toLocaleString(lang)}${units[sku] === "litre" ? " L" : ""}` : "–";
      const cells = [sku || main.dataset.unmeasured, count, sku ? (thousandths / WHOLE).toLocaleString(lang, TWO_DIGITS) : "–", inCount];
      for (const [at, text] of cells.entries()) {
        const cell = row.insertCell();
        cell.className = at ? "end" : "";
        cell.append(Object.assign(document.createElement("bdi"), { textContent: text }));
      }
      if (sku) seen.set(sku, counted);
      return row;
    }),
  );
  $("put").hidden = !seen.size;
  complain("told", bottles.length ? "" : main.dataset.none);
}

$("put").addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = event.target.elements.count;
  let count = Number(chosen.value);
  if (!Number.isInteger(count)) {
    const started = await sendGranted("StartCount", { location: chosen.value });
    if (started?.status !== 200) return complain("look-error", started ? messageOf(started) : "");
    count = started.body.done.result;
    chosen.prepend(new Option(chosen.selectedOptions[0].textContent, count, true, true));
  }
  for (const [sku, units] of seen) {
    const done = await sendGranted("CountLine", { count, sku, units });
    if (done?.status !== 200) return complain("look-error", done ? messageOf(done) : "");
    seen.delete(sku); // what is in the count is not put there twice
  }
  complain("look-error", "");
  event.target.hidden = true;
  const link = document.createElement("a");
  link.href = `/manager/stock/counts?register=${document.body.dataset.register}&count=${count}`;
  link.textContent = main.dataset.counted.replace("{number}", count);
  $("told").replaceChildren(link);
});

$("measure").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { sku, volume_ml, full, empty } = event.target.elements;
  const names = [];
  for (const { files } of [full, empty]) {
    const kept = await bring("shelf/pictures", files[0]);
    if (kept?.status !== 201) return complain("measure-error", kept ? messageOf(kept) : "");
    names.push(kept.body.name);
  }
  const body = { sku: sku.value.trim(), volume_ml: Number(volume_ml.value), full: names[0], empty: names[1] };
  const done = await askGranted("POST", "vision/bottle-types", body);
  if (done?.status === 200) location.reload();
  else complain("measure-error", done ? messageOf(done) : "");
});

listen(() => {});
