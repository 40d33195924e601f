// A phone as a scanner. Live, where the browser lets a page see the camera (https, or this machine itself); else a
// photograph of each code. What the browser cannot read itself is read in its pictures by the appliance.

import { uuid7 } from "./ids.js";

const WIDTH = 1280; // of a picture that is sent: wide enough for any bar code, small enough for a slow network
const EVERY_MS = 150;
const GONE_MS = 1000; // a code that was out of the picture for this long can be scanned again
const VOTERS = 3; // a code counts once most of the last pictures show it: one alone is misread now and then
const SHOWN = 8;
const UNSAID = 100;
const BUZZ = { added: 60, asks: [60, 60, 60], refused: [200, 80, 200], later: [60, 60, 60] };
const KINDS = { ean_13: "]E0", ean_8: "]E4", upc_a: "upca", upc_e: "upce" };
const address = location.pathname.replace(/\/$/, "");
const language = `?lang=${document.documentElement.lang}`;
const say = document.body.dataset;
const note = document.querySelector(".note");
const list = document.querySelector(".scanned");
const seen = new Map(); // code -> when it was last in the picture
const pictures = []; // the codes of each of the last pictures
const unsaid = new Map(); // code -> id of a scan of which nobody knows whether the till has it: the next one is the same

async function post(path, body, type) {
  const answer = await fetch(address + path + language, { method: "POST", body, headers: { "Content-Type": type } });
  if (!answer.ok) throw new Error(String(answer.status), { cause: answer.status });
  return answer;
}

// 404: this phone was let in by a pairing that holds no more, and no further try helps.
const why = (error) => (error.cause === 404 ? say.gone : say.notNow);

async function scan(code) {
  const id = unsaid.get(code.text) ?? uuid7();
  unsaid.set(code.text, id);
  if (unsaid.size > UNSAID) unsaid.delete(unsaid.keys().next().value);
  try {
    show(await (await post("", JSON.stringify({ ...code, id }), "application/json")).json());
    unsaid.delete(code.text);
  } catch (error) {
    note.textContent = why(error);
    return false;
  }
  note.textContent = "";
  return true;
}

// What the till says of a scan: the newest on top, the others small.
function show(verdict) {
  navigator.vibrate?.(BUZZ[verdict.kind]);
  const row = document.createElement("li");
  row.className = verdict.kind;
  for (const text of [verdict.what, verdict.say]) row.appendChild(document.createElement("bdi")).textContent = text;
  list.prepend(row);
  while (list.children.length > SHOWN) list.lastChild.remove();
}

function jpeg(source, width, height) {
  const scale = Math.min(1, WIDTH / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}

const read = async (picture) => (await post("/picture", picture, "image/jpeg")).json();

// A photograph: all that is on it, once.
document.querySelector(".take input").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const codes = await read(await jpeg(picture, picture.width, picture.height));
    note.textContent = codes.length ? "" : say.nothing;
    for (const code of codes) await scan(code);
  } catch (error) {
    note.textContent = why(error);
  }
});

// Live: a code is scanned when it comes into the picture, and not again until it has left.
async function look(video, detector) {
  let codes = [];
  try {
    if (detector) {
      const found = await detector.detect(video);
      codes = found.map((code) => ({ text: code.rawValue, symbology: KINDS[code.format] ?? "" }));
    } else {
      codes = await read(await jpeg(video, video.videoWidth, video.videoHeight));
    }
  } catch (error) {
    if (error.cause === 404) note.textContent = say.gone;
    codes = []; // the next picture comes in a moment
  }
  const now = performance.now();
  for (const [text, at] of seen) if (now - at > GONE_MS) seen.delete(text);
  pictures.push(new Set(codes.map((code) => code.text)));
  if (pictures.length > VOTERS) pictures.shift();
  const sure = (code) => 2 * pictures.filter((texts) => texts.has(code.text)).length > VOTERS;
  for (const code of codes.filter((code) => seen.has(code.text) || sure(code))) {
    if (code.text && (seen.has(code.text) || (await scan(code)))) seen.set(code.text, performance.now());
  }
  setTimeout(look, EVERY_MS, video, detector);
}

async function live() {
  if (!navigator.mediaDevices) return; // not a secure context: photographs it is
  const video = document.querySelector("video");
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    await video.play();
  } catch {
    note.textContent = say.noCamera;
    return;
  }
  video.hidden = false;
  look(video, "BarcodeDetector" in window ? new BarcodeDetector() : null);
}

live();
