// The manager's page of working hours: a day is corrected as a whole.

import "./dialogs.js";
import { fetchGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const value = (row, column) => row.querySelector(`[data-column="${column}"]`).value;

document.querySelector("main").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const rows = [...form.querySelectorAll(".span")].filter((row) => value(row, "begins") && value(row, "ends"));
  const spans = rows.map((row) => ({ begins: value(row, "begins"), ends: value(row, "ends"), break_min: Number(value(row, "break_min")) }));
  const { person = form.elements.person?.value, day = form.elements.day?.value } = form.dataset;
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
