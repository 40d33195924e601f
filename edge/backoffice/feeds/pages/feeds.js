// Feeds: connectors are set up, tested and run; files are uploaded.

import { serve } from "./entity_form.js";
import { askGranted, granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { bring } from "./uploads.js";

const element = (id) => document.getElementById(id);
const main = document.querySelector("main");
serve(main, () => main.querySelector("[name=new_id]").value);

// Polls a run until it's finished; then the page reloads with its result.
async function follow(job) {
  for (;;) {
    const answer = await askGranted("GET", `jobs/${job}`);
    if (answer?.status !== 200 || !["pending", "running"].includes(answer.body.status)) return location.reload();
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function begin(asked, complain) {
  const answer = await askGranted("POST", "ingest", asked);
  if (answer?.status === 202) return follow(answer.body.job);
  complain.textContent = answer ? messageOf(answer) : "";
}

main.addEventListener("click", async ({ target }) => {
  const { fetch: id, try: tried } = target.dataset;
  if (!id && !tried) return;
  const error = element("feeds-error");
  error.textContent = element("feeds-said").textContent = "";
  target.disabled = true;
  if (id) await begin({ connector_id: id }, error);
  else {
    const answer = await askGranted("POST", `connectors/${tried}/test`);
    if (answer?.status === 200) element("feeds-said").textContent = sayTried(answer.body);
    else error.textContent = answer ? messageOf(answer) : "";
  }
  target.disabled = false;
});

const sayTried = ({ records, invalid }) =>
  main.dataset.tried.replace("{records}", records).replace("{invalid}", invalid);

element("bring").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { file, connector, entity, dry } = event.target.elements;
  element("bring-error").textContent = "";
  const brought = await granted((grant) => bring(file.files[0], grant));
  if (brought?.status !== 200) return (element("bring-error").textContent = brought ? messageOf(brought) : "");
  const what = connector.value ? { connector_id: connector.value } : { entity_type: entity.value };
  await begin({ file: brought.body.path, dry_run: dry.checked, ...what }, element("bring-error"));
});

element("enrich")?.addEventListener("click", async ({ target }) => {
  const answer = await sendGranted("EnrichProducts", {});
  element("bring-error").textContent = answer ? messageOf(answer) : "";
  target.disabled = answer?.status === 200;
  if (target.disabled) target.textContent = main.dataset.enriching;
});

// A connector has its own entity type, so none is to be chosen.
const { connector, entity } = element("bring").elements;
connector.addEventListener("change", () => (entity.disabled = connector.value !== ""));
listen(() => {});
