// Notifications: a person's preferences, tests of channels, and messages tried again.

import "./dialogs.js";
import { askGranted, fetchGranted, sendGranted } from "./grants.js";
import { minding } from "./leaving.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const form = document.getElementById("preferences");
const log = document.getElementById("notification-log");
const mark = () => document.getElementById("notify-mark")?.dataset.mark;
let shown = mark();

function preferences() {
  const found = { enabled_channels: [], urgent_channels: [], reports: [] };
  for (const field of form.elements) {
    if (!field.name) continue;
    const [group, channel] = field.name.split(".");
    if (group === "reports") {
      if (field.checked) found.reports.push(channel);
    } else if (channel) {
      if (field.value) found[`${field.value}_channels`].push(channel);
    } else if (field.type === "checkbox") found[group] = field.checked;
    else found[group] = field.type === "number" ? Number(field.value) : field.value.trim();
  }
  return found;
}

async function again() {
  shown = mark();
  const got = await fetchGranted("/fragments/notifications?");
  if (got?.status === 200) log.innerHTML = got.text;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await askGranted("PUT", `notify/preferences/${encodeURIComponent(form.dataset.user)}`, preferences());
  if (!answer) return;
  const done = answer.status === 200;
  document.getElementById("preferences-error").textContent = done ? "" : messageOf(answer);
  document.getElementById("preferences-saved").hidden = !done;
  for (const field of done ? form.elements : []) {
    if ("defaultValue" in field) field.defaultValue = field.value;
    if ("defaultChecked" in field) field.defaultChecked = field.checked;
    for (const option of field.options ?? []) option.defaultSelected = option.selected;
  }
});
document.getElementById("whose")?.addEventListener("change", ({ target }) => {
  location.assign(target.dataset.address + encodeURIComponent(target.value));
});

log.addEventListener("click", async ({ target }) => {
  const { test, switch: name, active, retry } = target.dataset;
  let answer = null;
  if (test) answer = await askGranted("POST", `notify/channels/${test}/test`, { user: form?.dataset.user ?? "" });
  else if (name) answer = await sendGranted("SwitchChannel", { channel: name, active: active === "yes" });
  else if (retry) answer = await sendGranted("RetryMessage", { message: Number(retry) });
  if (!answer) return;
  const done = answer.status < 300;
  if (done) await again();
  document.getElementById("way-said").textContent = done ? (name ? "" : log.dataset.said) : messageOf(answer);
});

if (form) minding(form);
listen(() => {
  if (mark() !== shown) again();
});
