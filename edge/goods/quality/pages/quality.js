// Catalogue quality: accept or reject held changes, and look for errors.

import "./dialogs.js";
import { granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command as sending, toast } from "./toast.js";

const complain = (text) => (document.getElementById("quality-error").textContent = text);

// Accepts or rejects everything shown, except items that need a decision of their own (data-alone): one command per
// source, with as many products as a command takes.
const MANY = 100;

async function answerAll(command) {
  const sources = new Map();
  for (const { sku, source } of [...document.querySelectorAll(`[data-held=${command}]:not([data-alone])`)].map((button) => button.dataset)) {
    sources.set(source, [...(sources.get(source) ?? []), sku]);
  }
  const undo = [];
  for (const [source, skus] of sources) {
    for (let at = 0; at < skus.length; at += MANY) {
      const done = await sendGranted(command, { skus: skus.slice(at, at + MANY), source });
      if (done?.status !== 200) return complain(done ? messageOf(done) : "");
      undo.unshift(...holdsAgain(done));
    }
  }
  if (undo.length) toast("done", undo);
  complain("");
}

// The requests that undo a decision; none for one on a possible duplicate, or if its answer got lost.
function holdsAgain({ body: { done: { result: rows } } }) {
  return rows?.length ? [sending("HoldAgain", { rows })] : [];
}

// Saves a proposal as the manager's own value.
async function say(buttons) {
  const products = buttons.map(({ dataset }) => ({
    sku: dataset.equivalent,
    attributes: { [dataset.attribute]: { text: dataset.text, low: +dataset.low, high: +dataset.low, unit: "g" } },
  }));
  const undo = buttons.map(({ dataset: { equivalent, attribute } }) => ["PATCH", `products/${encodeURIComponent(equivalent)}`, { attributes: { [attribute]: null } }]);
  for (let at = 0; at < products.length; at += MANY) {
    const done = await sendGranted("SetProducts", { products: products.slice(at, at + MANY), source: { name: "manager" } });
    if (done?.status !== 200) return complain(done ? messageOf(done) : "");
  }
  toast("saved", undo);
  complain("");
}

addEventListener("click", async (event) => {
  const equivalent = event.target.closest("[data-equivalent]");
  if (equivalent) return say([equivalent]);
  if (event.target.closest("[data-equivalents]")) return say([...document.querySelectorAll("[data-equivalent]")]);
  const all = event.target.closest("[data-all]")?.dataset.all;
  if (all) return answerAll(all);
  const answer = event.target.closest("[data-held]")?.dataset;
  if (!answer) return;
  const done = await sendGranted(answer.held, { skus: [answer.sku], source: answer.source });
  const undo = done?.status === 200 ? holdsAgain(done) : [];
  if (undo.length) toast("done", undo);
  complain(done && done.status !== 200 ? messageOf(done) : "");
});

document.getElementById("look").addEventListener("click", async () => {
  const { register, lang } = document.body.dataset;
  const found = await granted(async (grant) => {
    const headers = { Register: register, Surface: "panel", Grant: grant };
    const answer = await fetch(`/fragments/quality?lang=${lang}`, { headers });
    return { status: answer.status, text: await answer.text() };
  });
  if (found?.status === 200) document.getElementById("report").innerHTML = found.text;
});

listen(() => {});
