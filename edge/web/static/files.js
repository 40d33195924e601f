// Downloads that need a PIN, saved where the browser keeps downloads: job reports, exports, files for authorities.

import { tell } from "./dialogs.js";
import { granted } from "./grants.js";
import { messageOf } from "./outbox.js";

// Saves the API's file at `place` under `name`, by default its own. A user without permission is told why.
export async function fetchFile(place, name = "", query = {}) {
  const { register, lang } = document.body.dataset;
  const joint = place.includes("?") ? "&" : "?";
  const answer = await granted(async (grant) => {
    const headers = { Register: register, Surface: "panel", Grant: grant };
    const got = await fetch(`/api/v1/${place}${joint}${new URLSearchParams({ ...query, lang })}`, { headers });
    const { status } = got;
    if (status !== 200) return { status, body: await got.json().catch(() => ({})) };
    return { status, blob: await got.blob(), own: /filename="([^"]+)"/.exec(got.headers.get("Content-Disposition"))?.[1], body: {} };
  });
  if (!answer) return;
  if (answer.status !== 200) return tell(messageOf(answer));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(answer.blob);
  link.download = name || answer.own || "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

addEventListener("click", ({ target }) => {
  const { report, download: place } = target.closest("[data-report], [data-download]")?.dataset ?? {};
  if (report) fetchFile(`jobs/${report}/report.csv`, `report-${report}.csv`);
  if (place) fetchFile(place);
});
