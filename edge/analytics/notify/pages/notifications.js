// Notifications: a person's preferences, channel tests, and retries of failed messages.

import "./dialogs.js";
import { askGranted, fetchGranted, sendGranted } from "./grants.js";
import { minding } from "./leaving.js";
import { ask, messageOf, send } from "./outbox.js";
import { listen } from "./push.js";
import { undoBy } from "./toast.js";

const form = document.getElementById("preferences");
const log = document.getElementById("notification-log");
const mark = () => document.getElementById("notify-mark")?.dataset.mark;
let shown = mark();
// On a user's own page no one else's PIN is asked for, and settings it doesn't show keep their saved values.
const own = form?.dataset.own;
const request = own ? ask : askGranted;
const command = own ? send : sendGranted;

// Fields named GROUP.NAME are for one channel, alert type or report; LISTS gives the list its name goes into, if any.
// Fields named by.TYPE.CHANNEL limit an alert type to certain channels.
const LISTS = {
  channel: ({ value }) => value && `${value}_channels`,
  resolved: ({ checked }) => !checked && "resolved_channels_off",
  spares: ({ checked }) => checked && "quiet_spares",
  kind: ({ value }) => ({ off: "kinds_off", begin: "resolved_kinds_off" })[value],
  reports: ({ checked }) => checked && "reports",
};

const SHOWN_ALWAYS = 4; // of the lists, those of channels
function preferences() {
  const lists = ["enabled_channels", "urgent_channels", "resolved_channels_off", "quiet_spares", "kinds_off", "resolved_kinds_off", "reports"];
  const found = own ? JSON.parse(own) : { kind_channels: {} }; // the latter: the channels of kinds that go by others
  for (const name of own ? lists.slice(0, SHOWN_ALWAYS) : lists) found[name] = [];
  for (const field of form.elements) {
    if (!field.name) continue;
    const [group, name, way] = field.name.split(".");
    if (way) field.checked && (found.kind_channels[name] ??= []).push(way);
    else if (name) found[LISTS[group](field)]?.push(name);
    else if (field.type === "checkbox") found[group] = field.checked;
    else found[group] = field.type === "number" ? Number(field.value) : field.value.trim();
  }
  return found;
}

async function again() {
  if (!log) return;
  shown = mark();
  const got = await fetchGranted("/fragments/notifications?");
  if (got?.status === 200) log.innerHTML = got.text;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await request("PUT", `notify/preferences/${encodeURIComponent(form.dataset.user)}`, preferences());
  if (!answer) return;
  const done = answer.status === 200;
  document.getElementById("preferences-error").textContent = done ? "" : messageOf(answer);
  document.getElementById("preferences-saved").hidden = !done;
  const again = document.getElementById("sign-in-again");
  if (again) again.hidden = (answer.body.refused ?? answer.body.error)?.code !== "pin_again";
  for (const field of done ? form.elements : []) {
    if ("defaultValue" in field) field.defaultValue = field.value;
    if ("defaultChecked" in field) field.defaultChecked = field.checked;
    for (const option of field.options ?? []) option.defaultSelected = option.selected;
  }
});
document.getElementById("whose")?.addEventListener("change", ({ target }) => {
  location.assign(target.dataset.address + encodeURIComponent(target.value));
});

async function act({ target }) {
  const { test, switch: name, active, retry } = target.dataset;
  let answer = null;
  if (test) answer = await request("POST", `notify/channels/${test}/test`, { user: form?.dataset.user ?? "" });
  else if (name) {
    undoBy(["POST", "commands/SwitchChannel", { channel: name, active: active !== "yes" }]);
    answer = await sendGranted("SwitchChannel", { channel: name, active: active === "yes" });
  }
  else if (retry) answer = await sendGranted("RetryMessage", { message: Number(retry) });
  if (!answer) return;
  const done = answer.status < 300;
  if (done) await again();
  const said = done ? (name ? "" : (log ?? document.getElementById("way-said")).dataset.said) : messageOf(answer);
  document.getElementById("way-said").textContent = said;
  const flagged = target.closest("[data-flagged]");
  if (flagged) flagged.textContent = said;
}
log?.addEventListener("click", act);
form?.addEventListener("click", act);

const told = (answer) => {
  if (!answer) return;
  if (answer.status === 200) location.reload();
  else document.getElementById("browser-error").textContent = messageOf(answer);
};
async function subscribed(key) {
  const bytes = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const worker = await navigator.serviceWorker.register("/static/push-worker.js");
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes });
  const { endpoint, keys } = made.toJSON();
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}
const addBrowser = async (browser) => told(await command("AddBrowser", { user: form.dataset.user, browser }));

// Browsers only allow push on an address they trust: this one, or head office's page, which leads back here.
// The subscription it returns counts only if this tab asked for it.
const STATE = "edge.push.state";
function agreeElsewhere({ page, key, lang }) {
  const state = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16)).join("");
  sessionStorage.setItem(STATE, state);
  const back = location.href.split("#")[0];
  location.assign(`${page}?lang=${lang}#${new URLSearchParams({ key, back, state })}`);
}
function takeBack() {
  const came = new URLSearchParams(location.hash.slice(1));
  if (!came.has("browser")) return;
  history.replaceState(null, "", location.href.split("#")[0]);
  const asked = sessionStorage.getItem(STATE);
  sessionStorage.removeItem(STATE);
  if (asked && came.get("state") === asked) addBrowser(JSON.parse(came.get("browser")));
}

document.getElementById("browser-add")?.addEventListener("click", async () => {
  const error = document.getElementById("browser-error");
  const { page, key, lang } = document.getElementById("browser").dataset;
  error.textContent = "";
  if (page) return agreeElsewhere({ page, key, lang });
  try {
    await addBrowser(await subscribed(key));
  } catch {
    error.textContent = error.dataset.cannot; // no certificate that it trusts, no push service, or a "no"
  }
});
document.getElementById("browser-drop")?.addEventListener("click", async () => {
  told(await command("DropBrowser", { user: form.dataset.user }));
});

// The code is shown once: anyone who knows it and has the phone can write as this person.
async function chat(name, then) {
  const answer = await command(name, { user: form.dataset.user });
  if (!answer) return;
  const done = answer.status === 200;
  document.getElementById("chat-error").textContent = done ? "" : messageOf(answer);
  if (done) then(answer.body);
}
document.getElementById("chat-show")?.addEventListener("click", () => {
  const { how } = document.getElementById("chat").dataset;
  chat("OfferChatCode", ({ done: { result } }) => {
    document.getElementById("chat-code").textContent = how.replace("{code}", `\u2066${result}\u2069`);
  });
});
document.getElementById("chat-drop")?.addEventListener("click", () => chat("DropChatNumber", () => location.reload()));

if (form) minding(form);
if (form) takeBack();
listen(() => {
  if (mark() !== shown) again();
});
