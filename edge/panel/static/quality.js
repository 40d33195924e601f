// The page about the catalogue's quality: a yes or no to what waits, and looking for what is wrong.

import "./dialogs.js";
import { granted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const complain = (text) => (document.getElementById("quality-error").textContent = text);

addEventListener("click", async (event) => {
  const answer = event.target.closest("[data-held]")?.dataset;
  if (!answer) return;
  const done = await sendGranted(answer.held, { skus: [answer.sku], source: answer.source });
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
