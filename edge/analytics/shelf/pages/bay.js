// Bay setup: drag corners and rows or use the arrow keys, get facings proposed, scan their products.

import { meant } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { toBay, toPicture } from "./perspective.js";
import { counted } from "./plural.js";
import { listen } from "./push.js";
import { command, toast, undoBy } from "./toast.js";

const $ = (id) => document.getElementById(id);
const main = document.querySelector("main");
const form = $("bay-form");
const names = JSON.parse($("product-names").textContent);
const { layout, full, bare } = JSON.parse($("bay-data").textContent);
const state = { corners: layout.corners, rows: [...layout.rows], facings: layout.facings.map((one) => ({ ...one })), full, bare, chosen: "", was: {} };
const EDGE = 0.045; // of the bay's height: a shelf's edge with its labels
const STEP = 0.004;
const LEAST = 0.01; // of the bay's width: a facing is never narrower
const SURE_PERCENT = 60;
const clamp = (value, low = 0, high = 1) => Math.min(high, Math.max(low, value));
const complain = (text) => ($("bay-error").textContent = text);
const tell = (text) => ($("told").textContent = text);
const nameOf = (sku) => (names[sku] ? (names[sku][document.body.dataset.lang] ?? Object.values(names[sku])[0] ?? sku) : sku);

function draw() {
  const points = (corners) => corners.map(([u, v]) => toPicture(state.corners, u, v).map((part) => (part * 1000).toFixed(1)).join(",")).join(" ");
  const shapes = state.facings.map(({ id, left, top, right, bottom, sku }) => {
    const kind = id === state.chosen ? "chosen" : sku ? "named" : "";
    return shape("polygon", { class: kind, "data-id": id, points: points([[left, top], [right, top], [right, bottom], [left, bottom]]) });
  });
  const lines = state.rows.map((row) => {
    const [[x1, y1], [x2, y2]] = [toPicture(state.corners, 0, row), toPicture(state.corners, 1, row)];
    return shape("line", { x1: x1 * 1000, y1: y1 * 1000, x2: x2 * 1000, y2: y2 * 1000 });
  });
  const outline = shape("polygon", { class: "bay", points: points([[0, 0], [1, 0], [1, 1], [0, 1]]) });
  $("overlay").replaceChildren(...shapes, ...lines, outline);
  for (const handle of $("handles").children) place(handle);
  list();
}

function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function list() {
  $("facings").replaceChildren(
    ...state.facings.map((facing) => {
      const row = document.createElement("tr");
      row.className = facing.id === state.chosen ? "chosen" : "";
      const [button, sku] = [document.createElement("button"), document.createElement("bdi")];
      button.type = "button";
      button.textContent = `${main.dataset.facing} ${facing.id}`;
      button.addEventListener("click", () => choose(facing.id));
      sku.textContent = facing.sku ? `${nameOf(facing.sku)} (${facing.sku})` : "–";
      for (const content of [button, sku]) row.insertCell().append(content);
      if (facing.id in state.was) row.lastChild.append(before(state.was[facing.id]));
      return row;
    }),
  );
  const facing = chosen();
  $("chosen").textContent = facing ? `${main.dataset.facing} ${facing.id}` : "";
  if (facing) $("kind").value = facing.kind ?? "box";
  $("glass").checked = facing?.glass ?? false;
}

// The planned product, where a different one is on the shelf now.
function before(sku) {
  const [small, name] = [document.createElement("small"), document.createElement("bdi")];
  small.className = "hint";
  name.textContent = sku ? nameOf(sku) : "–";
  small.append(` ${main.dataset.was} `, name);
  return small;
}

const chosen = () => state.facings.find((facing) => facing.id === state.chosen);

function choose(id, focus = true) {
  state.chosen = id;
  draw();
  if (focus) $("code").focus({ preventScroll: true });
}

// Handles for the corners, the lower edge of each row, and the sides of the selected facing.
function handles() {
  const corners = state.corners.map((_, number) => handle(`${main.dataset.corner} ${number + 1}`, { corner: number }));
  const edges = state.rows.map((_, number) => handle(`${main.dataset.row} ${number + 1}`, { row: number }));
  const sides = ["left", "right"].map((side) => handle("", { side }));
  $("handles").replaceChildren(...corners, ...edges, ...sides);
  draw();
}

function handle(label, data) {
  const button = document.createElement("button");
  button.type = "button";
  button.ariaLabel = label;
  button.className = "row" in data ? "edge" : "side" in data ? "side" : "";
  Object.assign(button.dataset, data);
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    button.onpointermove = (moved) => {
      const { left, top, width, height } = $("stage").getBoundingClientRect();
      move(button, clamp((moved.clientX - left) / width), clamp((moved.clientY - top) / height));
    };
  });
  for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => (button.onpointermove = null));
  button.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [x, y] = where(button);
    const far = event.shiftKey ? 5 : 1;
    move(button, clamp(x + by[0] * far), clamp(y + by[1] * far));
  });
  return button;
}

function where({ dataset: { corner, row, side } }) {
  if (side) return beside(chosen(), side);
  return corner !== undefined ? state.corners[corner] : toPicture(state.corners, 0.5, state.rows[row]);
}

// Places a side's handle away from corners and row handles: a finger needs room.
function beside(facing, side) {
  const { width, height } = $("stage").getBoundingClientRect();
  const others = [...state.corners, ...state.rows.map((row) => toPicture(state.corners, 0.5, row))];
  const apart = ([x, y]) => Math.min(...others.map(([u, v]) => Math.hypot((x - u) * width, (y - v) * height)));
  const places = [0.5, 0.75, 0.25].map((part) => toPicture(state.corners, facing[side], facing.top + part * (facing.bottom - facing.top)));
  return places.reduce((best, one) => (apart(one) > apart(best) + 4 ? one : best));
}

function place(button) {
  const { side } = button.dataset;
  button.hidden = Boolean(side) && !chosen();
  if (button.hidden) return;
  if (side) button.ariaLabel = main.dataset[side].replace("{facing}", chosen().id);
  const [x, y] = where(button);
  button.style.left = `${x * 100}%`;
  button.style.top = `${y * 100}%`;
}

function move(button, x, y) {
  const { corner, row, side } = button.dataset;
  if (corner !== undefined) state.corners[corner] = [x, y];
  else if (side) widen(chosen(), side, toBay(state.corners, x, y)[0]);
  else {
    const number = Number(row);
    const old = state.rows[number];
    const [low, high] = [(state.rows[number - 1] ?? 0) + 0.03, (state.rows[number + 1] ?? 1.03) - 0.03];
    const now = clamp(toBay(state.corners, x, y)[1], low, Math.min(1, high));
    state.rows[number] = now;
    for (const facing of state.facings) {
      if (facing.row === number) facing.bottom = clamp(facing.bottom + now - old);
      if (facing.row === number + 1) facing.top = clamp(facing.top + now - old);
    }
  }
  draw();
}

// Moves a side that two facings share for both of them.
function widen(facing, side, to) {
  const other = side === "left" ? "right" : "left";
  const next = state.facings.find((one) => one.row === facing.row && one !== facing && Math.abs(one[other] - facing[side]) < 0.002);
  const [low, high] = side === "left" ? [next ? next.left + LEAST : 0, facing.right - LEAST] : [facing.left + LEAST, next ? next.right - LEAST : 1];
  facing[side] = clamp(to, low, Math.max(low, high));
  if (next) next[other] = facing[side];
}

function show(name, width, height) {
  state.full = name;
  $("picture").src = `/shelf/pictures/${name}`;
  if (width) $("stage").style.aspectRatio = `${width} / ${height}`;
}

async function take(kind, body) {
  const camera = form.elements.camera.value;
  const path = body ? "shelf/pictures" : `shelf/pictures?camera=${encodeURIComponent(camera)}`;
  const done = await askGranted("POST", path, body ?? {});
  if (done?.status !== 201) return complain(done ? messageOf(done) : "");
  complain("");
  if (kind === "bare") state.bare = done.body.name;
  else show(done.body.name, done.body.width, done.body.height);
  $("bare-there").hidden = !state.bare;
}

function adopt(rows, facings) {
  const before = state.facings;
  state.rows = rows;
  // Keep product assignments: a new facing takes over from the old one that covers its middle.
  state.facings = facings.map((facing) => {
    const [x, y] = [(facing.left + facing.right) / 2, (facing.top + facing.bottom) / 2];
    const old = before.find((one) => one.left <= x && x <= one.right && one.top <= y && y <= one.bottom);
    return { ...facing, sku: old?.sku ?? facing.sku ?? "", kind: old?.kind ?? facing.kind ?? "box", glass: old?.glass ?? facing.glass ?? false };
  });
  state.chosen = state.facings[0]?.id ?? "";
  handles();
}

new ResizeObserver(() => draw()).observe($("stage"));
$("take-full").addEventListener("click", () => take("full"));
$("take-bare").addEventListener("click", () => take("bare"));
$("file").addEventListener("change", ({ target }) => target.files[0] && take("full", target.files[0]));

$("propose").addEventListener("click", async () => {
  const count = Number($("row-count").value);
  const rows = Array.from({ length: count }, (_, number) => (number + 1) / count);
  const done = await askGranted("POST", "shelf/proposals", { picture: state.full, corners: state.corners, rows });
  if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  complain("");
  adopt(done.body.rows, done.body.facings);
});

$("grid").addEventListener("click", () => {
  const count = Number($("row-count").value) || state.rows.length || 4;
  const wide = clamp(Number($("per-row").value) || 1, 1, 40);
  const rows = Number($("row-count").value) || !state.rows.length ? Array.from({ length: count }, (_, row) => (row + 1) / count) : state.rows;
  const facings = rows.flatMap((bottom, row) =>
    Array.from({ length: wide }, (_, at) => ({
      id: `r${row}f${at}`, row, left: at / wide, right: (at + 1) / wide, top: rows[row - 1] ?? 0, bottom: Math.max((rows[row - 1] ?? 0) + 0.02, bottom - EDGE),
    })),
  );
  adopt(rows, facings);
});

// Fills in products that the camera recognises, for unnamed facings only; someone checks the result.
$("recognise").addEventListener("click", async () => {
  const unnamed = state.facings.filter((one) => !one.sku);
  if (!unnamed.length) return;
  const done = await askGranted("POST", "shelf/recognitions", { picture: state.full, corners: state.corners, facings: unnamed });
  if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  complain("");
  Object.assign(names, done.body.names);
  let count = 0;
  for (const { id, products: [best] } of done.body.facings) {
    if (!best || best.confidence < SURE_PERCENT) continue;
    unnamed.find((one) => one.id === id).sku = best.sku;
    count += 1;
  }
  draw();
  tell(main.dataset.recognised.replace("{count}", count).replace("{of}", unnamed.length));
});

// Reads products from shelf labels. Which side of a facing they're on is asked once and remembered by this browser.
const SIDE = "shelf-label-side";
$("label-side").value = localStorage.getItem(SIDE) ?? "left";
$("label-side").addEventListener("change", ({ target }) => localStorage.setItem(SIDE, target.value));
$("read-labels").addEventListener("click", async () => {
  const unnamed = state.facings.filter((one) => !one.sku);
  if (!unnamed.length) return;
  const body = { picture: state.full, corners: state.corners, rows: state.rows, facings: unnamed, side: $("label-side").value };
  const done = await askGranted("POST", "shelf/labels", body);
  if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  complain("");
  Object.assign(names, done.body.names);
  for (const { id, sku } of done.body.facings) unnamed.find((one) => one.id === id).sku = sku;
  draw();
  const { facings: { length: count }, labels } = done.body;
  tell(main.dataset.labelled.replace("{count}", count).replace("{of}", unnamed.length).replace("{labels}", labels));
});

// For a rearranged bay: proposes a plan of how it looks now, for someone to check and save.
async function standsNow() {
  const done = await askGranted("POST", `${address(form.elements.bay.value)}/proposal`, {});
  if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  complain("");
  const { layout: now, picture, facings, unfit, moved, names: more } = done.body;
  Object.assign(names, more);
  Object.assign(state, { facings: now.facings.map((one) => ({ ...one })), was: Object.fromEntries(facings.map(({ id, before: sku }) => [id, sku])) });
  show(picture);
  choose(facings[0]?.id ?? state.chosen, false);
  const said = [counted(main.dataset.asNow, facings.length)];
  if (unfit.length) said.push(main.dataset.asNowFill.replace("{facings}", unfit.join(", ")));
  if (moved.length) said.push(main.dataset.labelsMoved.replace("{facings}", moved.map(({ id, sku }) => `${id} (${nameOf(sku)})`).join(", ")));
  tell(said.join(" "));
}
$("as-now")?.addEventListener("click", standsNow);

$("overlay").addEventListener("click", ({ target }) => target.dataset.id && choose(target.dataset.id));
$("glass").addEventListener("change", ({ target }) => chosen() && (chosen().glass = target.checked));
$("kind").addEventListener("change", ({ target }) => chosen() && (chosen().kind = target.value));

// A scanner types the code and presses Enter, which moves on to the next facing.
$("code").addEventListener("keydown", async (event) => {
  if (event.key !== "Enter" || !chosen()) return;
  event.preventDefault();
  const text = $("code").value.trim();
  $("code").value = "";
  const found = text ? await find(text) : { sku: "", names: {} };
  if (!found) return tell(main.dataset.unknown.replace("{text}", text));
  names[found.sku] = found.names;
  chosen().sku = found.sku;
  tell(found.sku ? `${chosen().id}: ${nameOf(found.sku)}` : "");
  const next = state.facings[state.facings.indexOf(chosen()) + 1];
  choose(next?.id ?? state.chosen);
});

async function find(text) {
  const done = await get(`search?q=${encodeURIComponent(text)}&limit=1`);
  return done?.result?.products?.[0] ?? null;
}

async function get(path) {
  const { register, lang } = document.body.dataset;
  const answer = await fetch(`/api/v1/${path}`, { headers: { Register: register, Surface: "panel", "Accept-Language": lang } });
  return answer.ok ? answer.json() : null;
}

$("split").addEventListener("click", () => {
  const facing = chosen();
  if (!facing) return;
  const middle = (facing.left + facing.right) / 2;
  const taken = new Set(state.facings.map((one) => one.id));
  const id = Array.from({ length: 100 }, (_, at) => `${facing.id}-${at + 2}`).find((one) => !taken.has(one)).slice(0, 32);
  state.facings.splice(state.facings.indexOf(facing) + 1, 0, { ...facing, id, left: middle });
  facing.right = middle;
  draw();
});

$("remove").addEventListener("click", () => {
  const at = state.facings.indexOf(chosen());
  if (at < 0) return;
  state.facings.splice(at, 1);
  choose((state.facings[at] ?? state.facings[at - 1])?.id ?? "", false);
});

const wanted = () => ({
  name: form.elements.name.value.trim(),
  camera: form.elements.camera.value,
  layout: { corners: state.corners, rows: state.rows, facings: state.facings },
  full: state.full,
  bare: state.bare,
  valid_from: form.elements.valid_from.value,
  changes: Number(main.dataset.version),
});

const address = (bay) => `shelf/bays/${encodeURIComponent(bay)}`;

// The request that brings back the plan as it was last saved, as the version after `changes`; null if there was none.
let saved = main.dataset.version === "0" ? null : JSON.parse(JSON.stringify(wanted()));
const asSaved = (bay, changes) => saved && ["PUT", address(bay), { ...saved, changes, valid_from: "" }];

const warning = (same) => (same?.length ? main.dataset.cannotJudge.replace("{facings}", same.join(", ")) : "");

// For a plan made elsewhere: shows which facings can't be monitored before it's saved.
async function check() {
  const { camera, layout: now, full: whole, bare: empty } = wanted();
  if (!whole || !now.facings.length) return;
  const done = await askGranted("POST", "shelf/checks", { camera, layout: now, full: whole, bare: empty });
  if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  complain("");
  Object.assign(names, done.body.names);
  draw();
  tell(warning(done.body.cannot_judge));
}

$("save").addEventListener("click", async () => {
  if (!form.reportValidity()) return;
  const bay = form.elements.bay.value;
  const done = await askGranted("PUT", address(bay), wanted());
  if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  const { edition: now } = done.body;
  // the server refuses an earlier plan once there is a later version than this one
  if (String(now) !== main.dataset.version) toast("saved", asSaved(bay, now) ?? command("EndPlanogram", { bay }));
  saved = JSON.parse(JSON.stringify(wanted()));
  main.dataset.version = done.body.edition;
  state.was = {};
  complain("");
  const { edition, cannot_judge: same } = done.body;
  tell(`${main.dataset.saved.replace("{version}", edition)} ${warning(same)}`.trim());
});

$("export").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(wanted(), null, 1)], { type: "application/json" }));
  link.download = `${form.elements.bay.value || "bay"}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
});

$("import").addEventListener("change", async ({ target }) => {
  try {
    const { layout: read, name, bare: empty, full: picture } = JSON.parse(await target.files[0].text());
    state.corners = read.corners;
    form.elements.name.value = name ?? "";
    if (picture) show(picture);
    state.bare = empty || state.bare;
    state.facings = [];
    adopt(read.rows, read.facings);
    $("bare-there").hidden = !state.bare;
    await check();
  } catch (error) {
    complain(main.dataset.badFile.replace("{why}", error.message));
  }
});

$("end")?.addEventListener("click", async ({ target }) => {
  if (!(await meant(target.dataset.sure))) return;
  const bay = form.elements.bay.value;
  undoBy(asSaved(bay, Number(main.dataset.version)));
  const done = await sendGranted("EndPlanogram", { bay });
  if (done?.status === 200) location.href = "/manager/shelf";
  else complain(done ? messageOf(done) : "");
});

if (state.full) show(state.full);
$("bare-there").hidden = !state.bare;
state.chosen = state.facings[0]?.id ?? "";
handles();
listen(() => {});
if (new URLSearchParams(location.search).has("now")) await standsNow();
