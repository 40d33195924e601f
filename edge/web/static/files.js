// Files that need the PIN, saved where the browser keeps downloads: reports of jobs, exports.

import { granted } from "./grants.js";

// Saves what the API has at a place, under a name.
export async function fetchFile(place, name, query = {}) {
  const { register, lang } = document.body.dataset;
  const answer = await granted(async (grant) => {
    const headers = { Register: register, Surface: "panel", Grant: grant };
    const found = await fetch(`/api/v1/${place}?${new URLSearchParams({ ...query, lang })}`, { headers });
    return { status: found.status, blob: await found.blob() };
  });
  if (answer?.status !== 200) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(answer.blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

addEventListener("click", (event) => {
  const job = event.target.closest("[data-report]")?.dataset.report;
  if (job) fetchFile(`jobs/${job}/report.csv`, `report-${job}.csv`);
});
