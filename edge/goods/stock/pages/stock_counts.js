// Stock counts: each scan becomes a line at once; a scanner's Enter sends it and clears the field for the next.

import { parseQuantity } from "./amounts.js";
import { anyOpen, meant } from "./dialogs.js";
import "./files.js";
import { granted, sendGranted } from "./grants.js";
import { watchJobs } from "./jobs.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import "./stock_camera.js";
import { scannedGoods } from "./stock_scan.js";
import { byItself } from "./use.js";

const section = document.getElementById("count");
const count = Number(section?.dataset.count);
const { register } = document.body.dataset;
const address = (number) => `/manager/stock/counts?register=${register}&count=${number}`;
const tell = (id, answer) => {
  document.getElementById(id).textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  return answer?.status === 200;
};
let again = false; // the next scan is a second look

async function refresh() {
  const got = await fetch(address(count), { headers: byItself() });
  const fresh = new DOMParser().parseFromString(await got.text(), "text/html").getElementById("lines");
  if (!fresh) return;
  const opened = document.getElementById("rest")?.open;
  document.getElementById("lines").replaceChildren(...fresh.childNodes);
  if (opened) document.getElementById("rest")?.setAttribute("open", "");
}

// What a code stands for: its batch and, if a case is as large as a closed box, boxes instead of units.
async function found(text, said) {
  const goods = await scannedGoods(text);
  if (!goods.sku) return { sku: text, ...said };
  const cases = goods.units > 1 && goods.units === goods.box && said.units % 1000 === 0;
  const amounts = cases ? { boxes: said.boxes + said.units / 1000, units: 0 } : { units: said.units * goods.units };
  return { ...said, sku: goods.sku, ...amounts, lot: said.lot || goods.lot, expiry: goods.expiry };
}

async function line(mode) {
  const { sku, boxes, units, lot } = document.getElementById("scan").elements;
  const fields = [sku, boxes, units, lot];
  const typed = fields.map((field) => field.value);
  const quantity = parseQuantity(units.value || "0");
  if (quantity === null || !/^\d*$/.test(boxes.value)) {
    document.getElementById("scan-error").textContent = section.dataset.notNumber;
    return;
  }
  const text = sku.value.trim();
  const said = { boxes: Number(boxes.value), units: quantity, lot: lot.value.trim(), mode };
  const looked = again;
  again = false;
  [sku.value, boxes.value, units.value, lot.value] = ["", "0", "1", ""]; // the next scan may come before the answer
  sku.focus();
  const answer = await sendGranted("CountLine", { count, ...(await found(text, said)) });
  const ok = answer?.status === 200;
  if (ok || !sku.value) document.getElementById("scan-mode").hidden = answer?.body.refused?.code !== "counted_by_other";
  tell("scan-error", answer);
  if (ok) await refresh();
  else if (!sku.value) {
    again = looked;
    fields.forEach((field, at) => (field.value = typed[at]));
  }
}

document.getElementById("scan")?.addEventListener("submit", (event) => {
  event.preventDefault();
  line(again ? "replace" : "");
});

addEventListener("click", ({ target }) => {
  if (target.dataset.mode) line(target.dataset.mode);
  if (!target.dataset.look) return;
  const { sku, lot, units } = document.getElementById("scan").elements;
  again = true;
  [sku.value, lot.value, units.value] = [target.dataset.look, target.dataset.lot, ""];
  units.focus();
});

document.getElementById("post")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { checked: empty_rest, dataset } = event.target.elements.empty_rest;
  if (empty_rest && !(await meant(dataset.sure))) return;
  const answer = await sendGranted("PostCount", { count, empty_rest });
  if (tell("post-error", answer)) location.assign(address(count));
});

document.getElementById("cancel")?.addEventListener("click", async ({ target }) => {
  if (!(await meant(target.dataset.sure))) return;
  if (tell("post-error", await sendGranted("CancelCount", { count }))) location.assign(address(count));
});

document.getElementById("start")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { location: place, category, blind } = event.target.elements;
  const body = { location: place.value, category: category?.value ?? "", blind: blind.checked };
  const answer = await sendGranted("StartCount", body);
  if (tell("start-error", answer)) location.assign(address(answer.body.done.result));
});

// A file of counts: preview it, do a dry run, then import it as a job, with its progress and report below.
const understood = document.getElementById("understood");
const take = document.getElementById("take");

document.getElementById("upload")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { file, location: place } = event.target.elements;
  const { register, lang } = document.body.dataset;
  const query = new URLSearchParams({ lang, name: file.files[0].name, location: place?.value ?? "main" });
  const answer = await granted(async (Grant) => {
    const headers = { "Accept-Language": lang, Register: register, Surface: "panel", Grant };
    const got = await fetch(`/fragments/stock/file?${query}`, { method: "POST", body: file.files[0], headers });
    const text = await got.text();
    return { status: got.status, text, body: got.status === 200 ? {} : JSON.parse(text) };
  });
  document.getElementById("file-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  understood.innerHTML = answer?.status === 200 ? answer.text : "";
  take.hidden = answer?.status !== 200;
});

async function taken(dry_run) {
  const { file } = understood.querySelector("[data-file]").dataset;
  const all_or_none = take.elements.which.value === "all";
  take.hidden = tell("file-error", await sendGranted("SyncStock", { file, dry_run, all_or_none })) && !dry_run;
}

take?.addEventListener("submit", (event) => {
  event.preventDefault();
  taken(false);
});
take?.querySelector("[data-dry]").addEventListener("click", () => taken(true));
if (take) watchJobs((text) => (document.getElementById("file-error").textContent = text));

listen(() => section && document.getElementById("scan") && !anyOpen() && refreshSoon());

// Others may be counting too: show their lines within about a second.
let waiting = 0;
function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 1000);
}
