// The first start: proposes defaults for the country, tests the printer, sends all answers, and waits for the shop.

import { showNetworks } from "./networks.js";

const body = document.body;
const form = document.getElementById("first");
const fields = form.elements;
const countries = JSON.parse(document.getElementById("countries").textContent);
const printed = document.getElementById("printed");
const card = document.getElementById("network-card");
const lang = body.dataset.lang;
const POLL_MS = 700;
const onPhone = "phone" in body.dataset; // else this is the box's own screen
let printers = [];
let phoneTimer = 0;

const option = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });
const tell = (field, text) => {
  for (const one of document.querySelectorAll("[data-error]")) one.textContent = one.dataset.error === field ? text : "";
  if (text) (fields[field] ?? document.querySelector(`[data-error="${field}"]`))?.scrollIntoView({ block: "center" });
};

function likelyCountry() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const region = new Intl.Locale(navigator.language).maximize().region;
  return Object.values(countries).find((one) => one.zones.includes(zone))?.code ?? (countries[region] ? region : "FR");
}

function follow() {
  const { zones, currency, taxes } = countries[fields.country.value];
  fields.currency.value = currency;
  fields.zone.replaceChildren(...zones.map((zone) => option(zone, zone)));
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones.includes(own)) fields.zone.value = own;
  const law = taxes.map(({ key, id, name }) => option(fields.tax_place.dataset.law.replace("%", name), `${key} ${id}`));
  fields.tax_place.replaceChildren(...law, option(fields.tax_place.dataset.own, ""));
  arrange();
}

function arrange() {
  for (const one of document.querySelectorAll(".own-tax")) one.hidden = fields.tax_place.value !== "";
  document.querySelector(".net-printer").hidden = fields.printer.value !== "network";
  document.getElementById("try").disabled = fields.printer.value === "none";
  for (const one of document.querySelectorAll("[data-of-country]")) one.hidden = one.dataset.ofCountry !== fields.country.value;
  document.querySelector(".backup-place").hidden = fields.backup.value !== "folder";
}

function showPrinters() {
  const found = printers.map(({ title, where }, place) => option(`${title} (${where})`, String(place)));
  const { network, none } = fields.printer.dataset;
  fields.printer.replaceChildren(...found, option(network, "network"), option(none, "none"));
  if (!found.length) fields.printer.value = "none";
  arrange();
}

async function search() {
  printed.textContent = printed.dataset.searching;
  const answer = await fetch("/first/devices").catch(() => null);
  printers = answer?.ok ? (await answer.json()).printers : [];
  printed.textContent = printed.dataset.found.replace("%", printers.length);
  showPrinters();
}

function printer() {
  const which = fields.printer.value;
  if (which === "none") return null;
  if (which !== "network") return printers[Number(which)].proposal;
  const [host, port] = fields.host.value.trim().split(":");
  const options = port ? { host, port: Number(port) } : { host };
  return { role: "receipt_printer", driver: "network", name: "receipt printer", options, certain: true };
}

async function post(path, said) {
  const answer = await fetch(`${path}?lang=${lang}`, { method: "POST", body: JSON.stringify(said), headers: { "Content-Type": "application/json" } });
  return { ok: answer.ok, ...(await answer.json().catch(() => ({ field: "", message: String(answer.status) }))) };
}

async function print() {
  const { driver, options } = printer();
  printed.textContent = "";
  const answer = await post("/first/print", { driver, options, language: fields.language.value });
  tell("printer", answer.ok ? "" : answer.message);
  if (answer.ok) printed.textContent = printed.dataset.sent;
}

function answers() {
  const text = (...names) => Object.fromEntries(names.map((name) => [name, fields[name].value.trim()]));
  const law = fields.tax_place.value;
  const disk = fields.backup.selectedOptions[0].dataset.place;
  return {
    ...text("name", "address", "tax_number", "company_number", "language", "country", "zone", "manager", "pin", "tax_place", "backup", "office"),
    currency: fields.currency.value.trim().toUpperCase(),
    tax_percent: law ? "" : fields.tax_percent.value.trim(),
    tax_in_prices: law ? null : fields.tax_in_prices.value === "true",
    tills: Number(fields.tills.value) || 1,
    network: fields.network.checked,
    bring_back: fields.bring_back.checked,
    printer: printer(),
    backup_place: fields.backup.value === "none" || fields.backup.value === "same_disk" ? "" : (disk ?? fields.backup_place.value.trim()),
  };
}

async function submit(event) {
  event.preventDefault();
  tell("", "");
  const wrong = [...form.querySelectorAll("input")].find((one) => !one.hidden && !one.validity.valid);
  if (wrong) return wrong.reportValidity();
  if (fields.pin.value !== fields.again.value) {
    return tell("pin", document.querySelector('[data-error="pin"]').dataset.differ);
  }
  const button = document.getElementById("open");
  button.disabled = true;
  clearTimeout(phoneTimer);
  const watching = fields.bring_back.checked ? watchOffice() : null;
  const answer = await post("/first", answers()).finally(() => clearInterval(watching));
  button.disabled = false;
  officeSaid.textContent = "";
  if (!answer.ok) {
    showPhone();
    return tell(answer.field, answer.message);
  }
  if (onPhone) return finish("phone-done");
  finish("opening");
  await opened();
  await signIn();
  location.replace(`/manager?lang=${lang}`);
}

const officeSaid = document.getElementById("office-said");

// The answer comes once the whole shop was fetched from head office; until then, the page shows the progress.
function watchOffice() {
  officeSaid.textContent = officeSaid.dataset.working;
  return setInterval(async () => {
    const { here, through } = await fetch("/first/office").then((one) => one.json()).catch(() => ({}));
    if (through) officeSaid.textContent = officeSaid.dataset.rows.replace("%1", here).replace("%2", through);
  }, POLL_MS);
}

// The PIN was just chosen, so don't ask for it again; if it isn't accepted, the manager's page asks.
async function signIn() {
  const body = JSON.stringify({ pin: fields.pin.value, person: "" });
  await fetch("/api/v1/grants", { method: "POST", body, headers: { "Content-Type": "application/json", Surface: "panel" } }).catch(() => null);
}

async function opened() {
  for (;;) {
    await new Promise((resume) => setTimeout(resume, POLL_MS));
    const health = await fetch("/healthz").catch(() => null);
    if (health?.headers.get("Content-Type")?.includes("json")) return;
  }
}

fields.country.value = likelyCountry();
fields.country.addEventListener("change", follow);
for (const name of ["tax_place", "printer", "backup"]) fields[name].addEventListener("change", arrange);
document.getElementById("search").addEventListener("click", search);
document.getElementById("try").addEventListener("click", print);
form.addEventListener("submit", submit);
follow();
showPrinters();

// A second box: the user compares the digits with those on the first box's page, and this box starts with its data.
const second = document.getElementById("second");

second.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell("", "");
  const button = document.getElementById("join");
  button.disabled = true;
  const asked = await post("/first/join", { at: second.elements.at.value.trim() });
  if (asked.ok) await letIn();
  else tell(asked.field, asked.message);
  button.disabled = false;
});

async function letIn() {
  clearTimeout(phoneTimer);
  const digits = document.getElementById("digits");
  for (;;) {
    const { state, digits: shown, why, message } = await fetch(`/first/join?lang=${lang}`).then((answer) => answer.json());
    digits.hidden = state !== "waiting";
    digits.textContent = shown ?? "";
    document.getElementById("second-said").textContent = state === "waiting" ? second.dataset.waiting : "";
    if (message || state === "failed") {
      showPhone();
      return tell("at", message ?? why);
    }
    if (state === "joined") return finish("joined");
    await new Promise((resume) => setTimeout(resume, POLL_MS));
  }
}

// Show one section in the place of all questions.
function finish(id) {
  for (const one of document.querySelectorAll("main > :not(h1)")) one.hidden = one.id !== id;
  clearTimeout(phoneTimer);
  document.getElementById("phone-too").hidden = !fields.network.checked;
  document.getElementById(id).focus();
}

// An existing shop: restores a backup from a disk, decrypted with the printed recovery code.
const restore = document.getElementById("restore");
const wanted = restore.elements;

async function look() {
  const answer = await fetch("/first/backups").catch(() => null);
  const found = answer?.ok ? (await answer.json()).backups : [];
  const day = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const shown = found.map(({ path, shop, made_at_us }) => option(`${day.format(made_at_us / 1000)} · ${shop}`, path));
  wanted.backup_file.replaceChildren(...shown, option(restore.dataset.file, ""));
  document.getElementById("restore-said").textContent = found.length ? "" : restore.dataset.none;
  choose();
}

function choose() {
  restore.querySelector(".backup-path").hidden = wanted.backup_file.value !== "";
}

restore.addEventListener("submit", async (event) => {
  event.preventDefault();
  tell("", "");
  const buttons = restore.querySelectorAll("button");
  for (const one of buttons) one.disabled = true;
  const backup = wanted.backup_file.value || wanted.backup_path.value.trim();
  const asked = await post("/first/restore", { backup, code: wanted.code.value.trim(), none_forgotten: wanted.none_forgotten.checked });
  if (asked.ok) await brought();
  else tell(asked.field, asked.message);
  for (const one of buttons) one.disabled = false;
});

async function brought() {
  clearTimeout(phoneTimer);
  const said = document.getElementById("restore-said");
  said.textContent = restore.dataset.working;
  for (;;) {
    const answer = await fetch(`/first/restore?lang=${lang}`).then((one) => one.json()).catch(() => null);
    if (!answer) {
      if (onPhone) return finish("phone-done");
      await opened();
      return location.replace("/");
    }
    const { message, state, here, through, restored } = answer;
    if (through) said.textContent = restore.dataset.office.replace("%1", here).replace("%2", through);
    if (message) {
      said.textContent = "";
      showPhone();
      return tell("backup_file", message);
    }
    if (state === "done") return back(restored);
    await new Promise((resume) => setTimeout(resume, POLL_MS));
  }
}

function back({ address, brought: fetched, lacking, files, people }) {
  const { brought: withOffice, lacking: withoutOffice, files: missing, people: hidden } = restore.dataset;
  const said = [
    fetched ? withOffice.replace("%", fetched) : "",
    lacking ? withoutOffice.replace("%", lacking) : "",
    files.length ? missing.replace("%", files.join(", ")) : "",
    people ? hidden.replace("%", people) : "",
  ];
  const rows = said.filter(Boolean).map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  document.getElementById("restored-said").replaceChildren(...rows);
  const go = document.getElementById("restored-go");
  go.href = address;
  go.hidden = onPhone; // it's this box's own address
  finish("restored");
}

wanted.backup_file.addEventListener("change", choose);
document.getElementById("look").addEventListener("click", look);
look();

// A page that was closed and opened again shows the restore in progress.
fetch("/first/restore").then((one) => one.json()).then(({ state }) => (state === "working" || state === "done") && brought()).catch(() => null);

// The network of a box from a disk image: open while it isn't connected, as head office and restoring need one.
const networks = document.getElementById("network");

async function networkRows(search) {
  const text = await fetch(`/first/network?lang=${lang}${search ? "&search=1" : ""}`).then((one) => one.text());
  card.hidden = text === "";
  return text;
}

async function sendNetwork(method, path, said) {
  const wanted = { method, headers: { "Content-Type": "application/json" }, body: said && JSON.stringify(said) };
  const answer = await fetch(`/first/${path}?lang=${lang}`, wanted).catch(() => null);
  return !answer || answer.ok ? "" : (await answer.json()).message;
}

showNetworks(networks, networkRows, sendNetwork)().then(() => {
  card.open = networks.querySelector(".pill.good") === null;
});

// The way in for a phone, on the box's own screen: address, code and QR code. Once a phone has set the shop up, this
// screen goes on to the till.
const phoneCard = document.getElementById("phone-card");

async function showPhone() {
  if (onPhone) return;
  clearTimeout(phoneTimer);
  const answer = await fetch("/first/screen").then((one) => one.json()).catch(() => null);
  if (!answer || answer.over) {
    await opened();
    return location.replace("/");
  }
  drawPhone(answer);
  phoneTimer = setTimeout(showPhone, POLL_MS * 2);
}

function drawPhone({ address, code, picture, connected, refused }) {
  phoneCard.hidden = address === "";
  const image = document.getElementById("phone-picture");
  image.hidden = picture === "";
  if (picture && image.src !== picture) image.src = picture;
  document.getElementById("phone-address").textContent = address;
  document.getElementById("phone-code").textContent = code;
  for (const id of ["phone-ways", "phone-by-hand"]) document.getElementById(id).hidden = refused;
  const said = document.getElementById("phone-said");
  const text = refused ? said.dataset.refused : connected ? said.dataset.connected : "";
  if (said.textContent !== text) said.textContent = text; // announced once
}

document.getElementById("phone-new")?.addEventListener("click", async () => {
  await post("/first/screen", {});
  await showPhone();
});
const trust = document.getElementById("phone-trust");
trust.href = trust.textContent = `http://${location.host}/trust`;
showPhone();
