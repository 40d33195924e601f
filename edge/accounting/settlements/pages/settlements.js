// Settlements: upload provider files and bank statements, accept batches that differ, record and close disputes.

import "./dialogs.js";
import { granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const main = document.querySelector("main");
const { register, lang } = document.body.dataset;
const complain = (answer) => (document.getElementById("settlements-error").textContent = answer ? messageOf(answer) : "");

function done(answer) {
  if (answer?.status === 200) location.reload();
  else complain(answer);
}

async function bring(path, file, grant) {
  const headers = { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant };
  try {
    const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: file });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

document.getElementById("bring").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { file, profile, provider } = event.target.elements;
  const path = `settlement-files?provider=${encodeURIComponent(provider.value)}&profile=${profile.value}`;
  done(await granted((grant) => bring(path, file.files[0], grant)));
});

document.getElementById("statement").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await granted((grant) => bring("bank-statements", event.target.elements.file.files[0], grant));
  if (answer?.status !== 200) return complain(answer);
  const told = main.dataset.told.replace(/\{(\w+)\}/g, (_, name) => answer.body[name]);
  document.getElementById("told").textContent = told;
});

main.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id === "bring" || form.id === "statement") return;
  event.preventDefault();
  if (form.id === "close") {
    const { provider, batch } = document.getElementById("batch").dataset;
    done(await sendGranted("CloseBatch", { provider, batch, why: form.elements.why.value }));
  } else if (form.id === "open") {
    const { payment, minor } = form.dataset;
    const { reason, answer_by: last } = form.elements;
    const what = { payment, reason: reason.value, amount_minor: Number(minor), answer_by: last.value };
    done(await sendGranted("OpenDispute", what));
  } else if (form.dataset.credit) {
    const { value: batch, dataset } = event.submitter;
    done(await sendGranted("AssignPayout", { credit: form.dataset.credit, provider: dataset.provider, batch }));
  }
});

main.addEventListener("click", async ({ target }) => {
  const { answer, end, how, lose } = target.dataset;
  if (lose) done(await sendGranted("LoseStored", { payment: lose }));
  if ("again" in target.dataset) {
    const { provider, batch } = document.getElementById("batch").dataset;
    done(await sendGranted("JudgeAgain", { provider, batch }));
  }
  if (answer) done(await sendGranted("AnswerDispute", { id: answer }));
  if (end) done(await sendGranted("EndDispute", { id: end, how }));
});
listen(() => {});
