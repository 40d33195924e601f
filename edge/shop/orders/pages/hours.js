// The manager's page of hours: all of them are sent at once.

import "/static/dialogs.js";
import { askGranted, sendGranted } from "/static/grants.js";
import { messageOf } from "/static/outbox.js";
import { listen } from "/static/push.js";

const $ = (id) => document.getElementById(id);
const DAY_MIN = 1440;
const SPANS = 2;
const SUMS = ["fee_minor", "least_minor", "free_from_minor"];
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

// What stands in a row, as spans; an end that is not after its begin is of the day after.
function spans(row) {
  return [...row.querySelectorAll(".span")].flatMap((span) => {
    const [from, until] = [span.querySelector(".from").value, span.querySelector(".until").value];
    if (!from || !until) return [];
    const [begin, end] = [minutes(from), minutes(until)];
    return [{ from_min: begin, until_min: end > begin ? end : end + DAY_MIN }];
  });
}

$("hours").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const number = (name) => Number(form.elements[name].value);
  const exceptions = [...document.querySelectorAll("#exceptions .exception")].map((row) => ({
    date: row.querySelector(".date").value,
    why: row.querySelector(".why").value,
    spans: spans(row),
  }));
  const hours = {
    weekly: [...document.querySelectorAll(".day")].map(spans),
    exceptions,
    ...Object.fromEntries(["slot_min", "capacity", "prepare_min", "days_ahead"].map((name) => [name, number(name)])),
    capacity_in: form.elements.capacity_in.value,
  };
  const answer = await askGranted("PUT", "store-hours", hours);
  $("hours-error").textContent = answer && answer.status !== 200 ? messageOf(answer) : "";
  $("saved").hidden = answer?.status !== 200;
});

$("zone").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { elements, dataset } = event.target;
  const minor = (name) => Math.round(Number(elements[name].value.replace(",", ".")) * 10 ** Number(dataset.digits)) || 0;
  const title = elements.title.value.trim();
  const week = [...document.querySelectorAll(".zone-day")].map(spans);
  const id = event.target.dataset.zone || title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || `zone-${Date.now()}`;
  const zone = {
    title,
    prefixes: elements.prefixes.value.toUpperCase().split(/[,;]/).map((one) => one.replace(/[^A-Z0-9]/g, "")).filter(Boolean),
    fee: elements.fee.value.trim(),
    ...Object.fromEntries(SUMS.map((name) => [name, minor(name)])),
    capacity: Number(elements.capacity.value),
    province: elements.province?.value ?? "",
    weekly: week.some((day) => day.length) ? week : [],
  };
  const answer = await askGranted("PUT", `delivery-zones/${id}`, zone);
  if (answer?.status === 200) location.reload();
  else $("zone-error").textContent = answer ? messageOf(answer) : "";
});

// As many spans of a day as there are, and two at least.
function draw(row, count) {
  const there = [...row.querySelectorAll(".span")];
  const wanted = Math.max(SPANS, count);
  for (const span of there.slice(wanted)) span.remove();
  for (let n = there.length; n < wanted; n++) there[0].parentElement.append(there[0].cloneNode(true));
}

// The form is for a zone that is new again, and the one that stood in it stays as it is.
function begin() {
  const form = $("zone");
  form.reset();
  delete form.dataset.zone;
  for (const row of document.querySelectorAll(".zone-day")) draw(row, 0);
  $("zone-error").textContent = "";
  $("zone-new").hidden = true;
  form.elements.title.focus();
}

// A zone that there is, in the form: saved, it is as the form says.
function change(zone) {
  const form = $("zone");
  const { elements, dataset } = form;
  const digits = Number(dataset.digits);
  dataset.zone = zone.id;
  for (const name of ["title", "fee", "capacity", "province"]) if (elements[name]) elements[name].value = zone[name];
  elements.prefixes.value = zone.prefixes.join(", ");
  for (const name of SUMS) elements[name].value = (zone[name] / 10 ** digits).toFixed(digits);
  $("zone-new").hidden = false;
  const clock = (minute) => [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
  for (const [n, row] of document.querySelectorAll(".zone-day").entries()) {
    draw(row, zone.weekly[n]?.length ?? 0);
    for (const [m, span] of row.querySelectorAll(".span").entries()) {
      const open = zone.weekly[n]?.[m];
      span.querySelector(".from").value = open ? clock(open.from_min) : "";
      span.querySelector(".until").value = open ? clock(open.until_min) : "";
    }
  }
  $("zone-hours").open = zone.weekly.length > 0;
  form.scrollIntoView({ block: "center" });
  elements.title.focus({ preventScroll: true });
}

// A public holiday becomes a row of the days that are otherwise; it holds once all of it is saved.
function decide(holiday, how) {
  $("exceptions").append($("exception").content.cloneNode(true));
  const row = $("exceptions").lastElementChild;
  row.querySelector(".date").value = holiday.dataset.date;
  row.querySelector(".why").value = holiday.dataset.why;
  const usual = holiday.querySelector("template").content;
  if (how === "open" && usual.childElementCount) row.querySelector(".span").replaceWith(usual.cloneNode(true));
  holiday.remove();
}

addEventListener("click", async ({ target }) => {
  if (target.dataset.holiday) return decide(target.closest(".holiday"), target.dataset.holiday);
  if (target.id === "zone-new") begin();
  else if (target.id === "more") $("exceptions").append($("exception").content.cloneNode(true));
  else if (target.hasAttribute("data-drop")) target.closest(".exception").remove();
  else if (target.dataset.changeZone) change(JSON.parse(target.dataset.changeZone));
  else if (target.dataset.end) {
    const answer = await sendGranted("EndZone", { zone: target.dataset.end });
    if (answer?.status === 200) location.reload();
  }
});

listen(() => {});
