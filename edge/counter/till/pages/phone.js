// A phone used as a till's scanner.

import { photographed, watch } from "./camera.js";
import { uuid7 } from "./ids.js";

const SHOWN = 8;
const UNSAID = 100;
const BUZZ = { added: 60, asks: [60, 60, 60], refused: [200, 80, 200], later: [60, 60, 60] };
const address = location.pathname.replace(/\/$/, "");
const language = `?lang=${document.documentElement.lang}`;
const say = document.body.dataset;
const note = document.querySelector(".note");
const list = document.querySelector(".scanned");
const unsaid = new Map(); // code -> id of a scan of which nobody knows whether the till has it: the next one is the same

async function post(path, body, type) {
  const answer = await fetch(address + path + language, { method: "POST", body, headers: { "Content-Type": type } });
  if (!answer.ok) throw new Error(String(answer.status), { cause: answer.status });
  return answer;
}

// 404: this phone's pairing is no longer valid, so retrying won't help.
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

// Shows the till's answer to a scan: the newest on top, older ones smaller.
function show(verdict) {
  navigator.vibrate?.(BUZZ[verdict.kind]);
  const row = document.createElement("li");
  row.className = verdict.kind;
  for (const text of [verdict.what, verdict.say]) row.appendChild(document.createElement("bdi")).textContent = text;
  list.prepend(row);
  while (list.children.length > SHOWN) list.lastChild.remove();
}

const read = async (picture) => (await post("/picture", picture, "image/jpeg")).json();

// A photo: scan every code in it once.
document.querySelector(".take input").addEventListener("change", async ({ target }) => {
  try {
    const codes = await photographed(target, read);
    if (codes === null) return;
    note.textContent = codes.length ? "" : say.nothing;
    for (const code of codes) await scan(code);
  } catch (error) {
    note.textContent = why(error);
  }
});

async function live() {
  const video = document.querySelector("video");
  try {
    const failed = (error) => error.cause === 404 && (note.textContent = say.gone);
    video.hidden = (await watch(video, { read, scan, failed })) === null;
  } catch {
    note.textContent ||= say.noCamera; // a camera may be refused late: what a photograph got meanwhile is said already
  }
}

live();
