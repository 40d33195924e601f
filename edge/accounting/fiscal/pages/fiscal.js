// Tax law: create and check fiscal files, start a regime, enter an invoice's allocation number.

import "./dialogs.js";
import { writeDate } from "./dates.js";
import "./files.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const element = (id) => document.getElementById(id);

function tell(id, answer) {
  element(id).textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  return answer?.status === 200;
}

async function worked(work) {
  element("working").hidden = false;
  try {
    return await work();
  } finally {
    element("working").hidden = true;
  }
}

function row(cells) {
  const line = document.createElement("tr");
  for (const text of cells) line.append(Object.assign(document.createElement("td"), { textContent: text }));
  return line;
}

element("file")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { regime, since, until, of } = event.target.elements;
  const register = regime.value === "at" ? (of?.value ?? "") : "";
  const body = { regime: regime.value, since: since.value, until: until.value, register };
  const answer = await worked(() => askGranted("POST", "fiscal/files", body));
  if (!tell("file-error", answer)) return;
  const { told, sums } = answer.body;
  if (!told.length) return location.reload();
  element("told").textContent = told.join("\n");
  element("told").hidden = element("sums").hidden = false;
  element("sums").tBodies[0].replaceChildren(...sums.map(row));
});

element("check")?.addEventListener("click", async () => {
  const answer = await worked(() => askGranted("GET", "fiscal/check"));
  if (!tell("file-error", answer)) return;
  const item = (one) =>
    Object.assign(document.createElement("li"), {
      textContent: `${one.regime} ${writeDate(one.since)} – ${writeDate(one.until)}: ${one.fault || element("looked").dataset.right}`,
    });
  element("looked").replaceChildren(...answer.body.looked.map(item));
});

addEventListener("click", async ({ target }) => {
  const { start } = target.dataset;
  if (!start) return;
  const answer = await sendGranted("StartRegime", { regime: start });
  if (tell("fiscal-error", answer)) location.reload();
});

addEventListener("submit", async (event) => {
  const { invoice } = event.target.dataset;
  if (!invoice) return;
  event.preventDefault();
  const allocation = event.target.elements.allocation.value;
  const answer = await sendGranted("RecordAllocation", { invoice, allocation });
  if (tell("fiscal-error", answer)) location.reload();
});

listen(() => {});
