// Live shelves: the newest picture with its analysis on top, and feedback on each finding.

import { meant } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const complain = (text) => (document.getElementById("shelf-error").textContent = text);
const pictures = new Map(); // of each bay: when it was looked at, and the picture's address

// Fetch one picture per analysis, rather than asking the camera more often than that.
function refresh() {
  for (const image of document.querySelectorAll("img[data-live]")) {
    const bay = image.closest("[data-bay]").dataset.bay;
    const known = pictures.get(bay);
    if (known) image.src = known.address;
    if (known && known.at === image.dataset.at) continue;
    const address = `/shelf/cameras/${encodeURIComponent(image.dataset.live)}/picture?at=${image.dataset.at ?? 0}`;
    pictures.set(bay, { at: image.dataset.at, address });
    image.src = address;
  }
}

addEventListener("click", async (event) => {
  const target = event.target.closest("[data-answer], [data-undo], [data-look], [data-renew], [data-follow]");
  if (!target) return;
  const { answer, seq, undo, look, renew, follow, first, sure } = target.dataset;
  if (sure && !(await meant(sure))) return;
  target.disabled = true;
  const done = look
    ? await askGranted("POST", `shelf/cameras/${encodeURIComponent(look)}/look`, {})
    : follow
      ? await askGranted("POST", `shelf/bays/${encodeURIComponent(follow)}/corners`, {})
    : renew
      ? await askGranted("POST", `shelf/bays/${encodeURIComponent(renew)}/reference${first ? "?first=yes" : ""}`, {})
      : answer
      ? await sendGranted("AnswerFinding", { seq: Number(seq), answer })
      : await sendGranted("UndoAnswer", { seq: Number(undo) });
  target.disabled = false;
  complain(done && done.status !== 200 ? messageOf(done) : "");
});

// An unreachable camera shows no picture rather than a broken one; its status is shown beside it.
addEventListener("error", ({ target }) => target.matches?.("img[data-live]") && target.removeAttribute("src"), true);

refresh();
listen(refresh);
