// Production by tap and scan: scanning a product opens its work order; report the quantity made and move on to the next.

import { parseQuantity } from "./amounts.js";
import { meant } from "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { scannedGoods } from "./stock_scan.js";

const { wrong, unknown } = document.querySelector("main").dataset;
const works = [...document.querySelectorAll(".work")];
const say = (form, text) => (form.querySelector(".error").textContent = text);
const scan = document.getElementById("scan");

function open(work) {
  for (const one of works) one.open = one === work;
  work.scrollIntoView({ block: "start" });
  work.querySelector("[name=good]").select();
}

// Open a work order by its number as printed ("#12", "W12", "12"), or by the product it makes.
scan.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { code } = scan.elements;
  const text = code.value.trim();
  code.value = "";
  if (!text) return;
  const number = /^[#Ww]?(\d{1,9})$/.exec(text)?.[1];
  const named = works.find((work) => work.dataset.number === number);
  if (named) return open(named);
  const { answer, sku } = await scannedGoods(text);
  const work = works.find((one) => one.dataset.sku === sku);
  say(scan, work ? "" : answer ? messageOf(answer) : unknown);
  if (work) open(work);
});

async function ask(form, command, body) {
  const answer = await sendGranted(command, body);
  if (answer?.status !== 200) return say(form, answer ? messageOf(answer) : "");
  const { number } = form.closest(".work").dataset;
  const copies = Number(form.elements.labels.value);
  if (copies && body.good) {
    // The goods are made even if the printer fails: show its message and stay on the page.
    const printed = await sendGranted("PrintWorkLabel", { number: Number(number), copies });
    if (printed?.status !== 200) return say(form, printed ? messageOf(printed) : "");
  }
  const stays = answer.body.done.result.state === "in_progress";
  location.replace(`${location.pathname}${location.search}${stays ? `#work-${number}` : ""}`);
  return location.reload();
}

for (const work of works) {
  const form = work.querySelector("form");
  const number = Number(work.dataset.number);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [good, scrap] = [form.elements.good, form.elements.scrap].map((field) => parseQuantity(field.value || "0"));
    if (good === null || scrap === null) return say(form, wrong);
    return ask(form, "ReportWork", { number, good, scrap, done_before: Number(work.dataset.done), expiry: form.elements.expiry.value });
  });
  form.addEventListener("click", async ({ target }) => {
    if ("start" in target.dataset) ask(form, "StartWork", { number });
    if ("close" in target.dataset && (await meant(target.dataset.ask))) ask(form, "ReportWork", { number, good: 0, close: true });
  });
}
const asked = works.find((work) => location.hash === `#${work.id}`);
if (asked) asked.open = true;
if (!asked && works.length === 1) works[0].open = true;
listen(() => {});
