// The manager's page of opening hours: all of them are saved at once.

import { controls, serve } from "./entity_form.js";
import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { here, undoBy } from "./toast.js";

const $ = (id) => document.getElementById(id);
const DAY_MIN = 1440;
const SPANS = 2;
const clock = (minute) => [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

// The rows of the seven days from Monday, as hours are stored; the page shows them in the local order of the week.
const fromMonday = (rows) => [...document.querySelectorAll(rows)].sort((one, other) => one.dataset.day - other.dataset.day);

// A row's opening times; an end at or before its start is on the next day.
function spans(row) {
  return [...row.querySelectorAll(".span")].flatMap((span) => {
    const [from, until] = [span.querySelector(".from").value, span.querySelector(".until").value];
    if (!from || !until) return [];
    const [begin, end] = [minutes(from), minutes(until)];
    return [{ from_min: begin, until_min: end > begin ? end : end + DAY_MIN }];
  });
}

function hoursIn(form) {
  const number = (name) => Number(form.elements[name].value);
  const exceptions = [...document.querySelectorAll("#exceptions .exception")].map((row) => ({
    date: row.querySelector(".date").value,
    why: row.querySelector(".why").value,
    spans: spans(row),
  }));
  return {
    weekly: fromMonday(".day").map(spans),
    exceptions,
    ...Object.fromEntries(["slot_min", "capacity", "prepare_min", "days_ahead"].map((name) => [name, number(name)])),
    capacity_in: form.elements.capacity_in.value,
  };
}

let was = hoursIn($("hours"));

$("hours").addEventListener("submit", async (event) => {
  event.preventDefault();
  const hours = hoursIn(event.target);
  undoBy(["PUT", "store-hours", was], here("#hours"));
  const answer = await askGranted("PUT", "store-hours", hours);
  if (answer?.status === 200) was = hours;
  $("hours-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  $("saved").hidden = answer?.status !== 200;
});

controls.week = {
  read() {
    const week = fromMonday(".zone-day").map(spans);
    return week.some((day) => day.length) ? week : [];
  },
  fill(held, weekly) {
    for (const [n, row] of fromMonday(".zone-day").entries()) {
      draw(row, weekly[n]?.length ?? 0);
      for (const [m, span] of row.querySelectorAll(".span").entries()) {
        const open = weekly[n]?.[m];
        span.querySelector(".from").value = open ? clock(open.from_min) : "";
        span.querySelector(".until").value = open ? clock(open.until_min) : "";
      }
    }
    held.open = weekly.length > 0;
  },
};

serve(document.querySelector("main"), ({ title }) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || `zone-${Date.now()}`);

// Shows as many time spans as a day has, and at least two.
function draw(row, count) {
  const there = [...row.querySelectorAll(".span")];
  const wanted = Math.max(SPANS, count);
  for (const span of there.slice(wanted)) span.remove();
  for (let n = there.length; n < wanted; n++) there[0].parentElement.append(there[0].cloneNode(true));
}

$("zone").addEventListener("reset", () => {
  for (const row of document.querySelectorAll(".zone-day")) draw(row, 0);
});

// Turns a public holiday into a row of exceptional days; it takes effect once everything is saved.
function decide(holiday, how) {
  $("exceptions").append($("exception").content.cloneNode(true));
  const row = $("exceptions").lastElementChild;
  row.querySelector(".date").value = holiday.dataset.date;
  row.querySelector(".why").value = holiday.dataset.why;
  const usual = holiday.querySelector("template").content;
  if (how === "open" && usual.childElementCount) row.querySelector(".span").replaceWith(usual.cloneNode(true));
  holiday.remove();
}

addEventListener("click", ({ target }) => {
  if (target.dataset.holiday) return decide(target.closest(".holiday"), target.dataset.holiday);
  if (target.id === "more") $("exceptions").append($("exception").content.cloneNode(true));
  else if (target.hasAttribute("data-drop")) target.closest(".exception").remove();
});

listen(() => {});
