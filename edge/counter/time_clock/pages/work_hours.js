// The manager's page of working hours: a day is corrected as a whole, and Undo restores its hours to the microsecond.

import "./dialogs.js";
import { fetchGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { command, undoBy } from "./toast.js";

const main = document.querySelector("main");
const value = (row, column) => row.querySelector(`[data-column="${column}"]`).value;

// Where a day is shown: the page of its week, which may be another than this one.
const shownAt = (person, day) => [`/manager/work-hours?week=${day}`, `form[data-person="${CSS.escape(person)}"][data-day="${day}"]`];

// The hours that a correction is about to replace; null if the page couldn't be read.
async function hoursOf(person, day) {
  const [address, selector] = shownAt(person, day);
  const answer = await fetchGranted(address);
  if (answer?.status !== 200) return null;
  const found = new DOMParser().parseFromString(answer.text, "text/html").querySelector(selector);
  return JSON.parse(found?.dataset.exact ?? "[]");
}

main.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const rows = [...form.querySelectorAll(".span")].filter((row) => value(row, "begins") && value(row, "ends"));
  const spans = rows.map((row) => ({ begins: value(row, "begins"), ends: value(row, "ends"), break_min: Number(value(row, "break_min")) }));
  const { person = form.elements.person?.value, day = form.elements.day?.value } = form.dataset;
  const exact = await hoursOf(person, day);
  if (exact) undoBy(command("CorrectWork", { person, day, spans: [], exact, reason: main.dataset.undone }), shownAt(person, day));
  const answer = await sendGranted("CorrectWork", { person, day, spans, reason: form.elements.reason.value.trim() });
  if (answer?.status === 200) location.reload();
  else if (answer) form.querySelector(".error").textContent = messageOf(answer);
});
document.querySelector("[data-csv]").addEventListener("click", async ({ target }) => {
  const week = target.dataset.csv;
  const got = await fetchGranted(`/api/v1/work-hours.csv?week=${week}`);
  if (got?.status !== 200) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([got.text], { type: "text/csv" }));
  link.download = `hours-${week}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
});
listen(() => {});
