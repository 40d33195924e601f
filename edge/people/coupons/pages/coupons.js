// Coupons: create a series, print it, download it as a file, end it.

import { amountFault, parseMinor, parseQuantity } from "./amounts.js";
import { meant } from "./dialogs.js";
import { fetchGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, here, toast, undoBy } from "./toast.js";

const main = document.querySelector("main");
const error = document.getElementById("coupons-error");

function tell(answer) {
  if (answer?.status === 200) location.reload();
  else if (answer) error.textContent = messageOf(answer);
}

document.getElementById("make").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, worth, as, starts, ends, count } = event.target.elements;
  const percent = as.value === "percent";
  const value = percent ? parseQuantity(worth.value) : parseMinor(worth.value, worth);
  if (!value) return void (error.textContent = percent ? error.dataset.wrong : amountFault(worth.value, worth));
  const off = percent ? { share: value } : { sum_minor: value };
  const answer = await sendGranted("MakeCoupons", { name: name.value, starts: starts.value, ends: ends.value, count: Number(count.value), ...off });
  if (answer?.status === 200) toast("done", ...ending("EndCoupons", answer.body.done.result));
  tell(answer);
});

// Undo by the other command about the series, unless someone has changed its row meanwhile.
const ending = (name, series) => [command(name, { series }), here(`[data-series="${series}"]`)];

main.addEventListener("click", async ({ target }) => {
  const act = target.dataset.do;
  if (!act) return;
  const series = Number(target.closest("[data-series]").dataset.series);
  if (act === "csv") return save(series);
  if (target.dataset.sure && !(await meant(target.dataset.sure))) return;
  if (act === "EndCoupons") undoBy(...ending("ReopenCoupons", series));
  const answer = await sendGranted(act, { series });
  if (act === "EndCoupons" || answer?.status !== 200) tell(answer);
});

document.getElementById("key").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await meant(event.target.dataset.sure)) tell(await sendGranted("TakeCouponKey", { key: event.target.elements.key.value }));
});

async function save(series) {
  const got = await fetchGranted(`/api/v1/coupons/${series}.csv`);
  if (got?.status !== 200) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([got.text], { type: "text/csv" }));
  link.download = `coupons-${series}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
listen(() => {});
