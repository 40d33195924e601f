// One dialog in which an owner edits a store or a person: its fields, a confirmation, and head office's answer.

import { ask, byId, count, Fault, minorOf, moment, refusal, rowsOf, state, storeName, storesByName, t, words } from "./common.js";
import { CHOSEN, choosePlaces, placeCodes, placeLists, readPlaces } from "./places.js";
import { made } from "./publication.js";
import { previewTable } from "./preview.js";
import { settingName, settingWords } from "./setting_words.js";

const STORE = {
  name: 200, store_group: 60, state: ["planned", "open", "paused", "closed"], address: 200, country: CHOSEN.country, province: 200,
  currency: CHOSEN.currency, zone: CHOSEN.zone, language: ["", ...Object.keys(words)], licence: 200, licence_ends: "date",
  open_hours: 400, ring: ["", "canary", "early", "rest"],
}; // how many characters, the choices, or the kind of each
const ROLES = ["viewer", "editor", "approver", "owner", "support", "translator"];
const changed = new EventTarget();

export const onChanged = (act) => changed.addEventListener("changed", act);
export const names = (text) => { const found = text.split(/[\s,]+/).filter(Boolean); return found.length ? found : null; };

function control(name, kind, value) {
  const field = document.createElement(Array.isArray(kind) ? "select" : kind === "lines" ? "textarea" : "input");
  if (Array.isArray(kind)) field.append(...kind.map((one) => new Option(words[state.lang][`${name}_${one}`] || words[state.lang][`store_${one}`] || words[state.lang][one] || one || "–", one)));
  else if (["date", "time", "password"].includes(kind)) field.type = kind;
  else if (kind.pick) { field.maxLength = 80; field.dataset.pick = `#${kind.pick}`; }
  else if (kind === "lines") { field.rows = 6; field.maxLength = 60_000; field.dir = "ltr"; }
  else field.maxLength = kind;
  field.name = name;
  field.value = value ?? "";
  return field;
}

// `save` gets the values, sends them, and may return what to do next; `extra`: another button, [word, act]; `shown`: text to
// show; `sent`: the raw request, folded; `picture`: a code for phones to scan; `word`: the save button's.
export function edit(title, fields, values, save, { extra = null, shown = "", sent = "", picture = "", word = "save" } = {}) {
  const dialog = byId("edit");
  const form = dialog.querySelector("form");
  const error = dialog.querySelector(".error");
  const body = dialog.querySelector(".fields");
  dialog.querySelector("h2").textContent = title;
  error.textContent = "";
  byId("edit-shown").textContent = shown;
  byId("edit-shown").hidden = !shown;
  byId("edit-sent").hidden = !sent;
  byId("edit-sent").open = false;
  byId("edit-sent").querySelector("pre").textContent = sent;
  byId("edit-picture").src = picture || "data:,";
  byId("edit-picture").alt = picture ? t("code_to_scan") : "";
  byId("edit-picture").hidden = !picture;
  body.replaceChildren(...Object.entries(fields).map(([name, kind]) => {
    if (kind instanceof Node) return kind; // its own fields, which `save` reads itself
    const label = document.createElement("label");
    const text = document.createElement("span");
    text.textContent = t(`field_${name}`);
    label.append(text, control(name, kind, values[name]));
    return label;
  }));
  const attempt = async (act) => {
    try {
      const next = await act(Object.fromEntries(new FormData(form)));
      dialog.close();
      if (word !== "close") changed.dispatchEvent(new Event("changed"));
      if (typeof next === "function") next();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      error.textContent = refusal(fault);
    }
  };
  form.onsubmit = (event) => { event.preventDefault(); void attempt(save); };
  byId("edit-save").textContent = t(word);
  byId("edit-cancel").hidden = word === "close"; // there is nothing to take back
  const further = byId("edit-further");
  further.hidden = !extra;
  if (extra) {
    further.textContent = t(extra[0]);
    further.onclick = () => void attempt(extra[1]);
  }
  if (!dialog.open) dialog.showModal();
}

export async function editStore(row) {
  await readPlaces();
  const form = byId("edit").querySelector("form");
  const fields = { ...(row ? {} : { store: 60 }), ...STORE, lists: placeLists() };
  edit(row ? storeName(row.store) : t("new_store"), fields, row ? { ...row, open_hours: row.hours } : { state: "open" }, ({ store, store_group, licence_ends, open_hours, ...rest }) =>
    ask(`/v1/stores/${encodeURIComponent(row ? row.store : store)}`, { ...rest, ...placeCodes(form, row), group: store_group, hours: open_hours, licence_ends: licence_ends || null }, { method: "PUT" }));
  choosePlaces(form);
}

// Adds a box to a store: the code to type or scan at the box is shown once.
export function addBox(row) {
  edit(`${t("add_box")}${t("colon")}${storeName(row.store)}`, { device: 60 }, { device: "box1" }, async ({ device }) => {
    const { line, picture, minutes } = await ask(`/v1/stores/${encodeURIComponent(row.store)}/boxes`, { device, at: location.host });
    return () => edit(t("box_code", { store: storeName(row.store), minutes }), {}, {}, () => {}, { shown: line, picture, word: "close" });
  }, { word: "make_code" });
}

export function editPerson(row) {
  const place = `/v1/people/${row.person}`;
  const reach = reachField(row);
  edit(row.email, { role: ROLES, reach: reach.place }, { role: row.role },
    ({ role }) => ask(place, { role, ...reach.read() }, { method: "PUT" }),
    { extra: ["remove", () => ask(place, {}, { method: "DELETE" })] });
}

// A link with which another user sets a new password, shown once.
export function passwordLink(row) {
  edit(t("password_link_for", { email: row.email }), {}, {}, async () => {
    const { secret, minutes } = await ask(`/v1/people/${row.person}/password`, {});
    return () => shown(t("password_link", { email: row.email, minutes }), `${location.origin}/#password=${secret}`);
  }, { word: "make_link" });
}

// Choice of stores and groups by name; none ticked means all. `read` returns them as head office takes them.
function reachField({ stores, groups } = {}) {
  const tick = (name, value, text, of) => {
    const field = Object.assign(document.createElement("input"), { type: "checkbox", value, checked: Boolean(of?.includes(value)) });
    field.dataset.of = name;
    const label = document.createElement("label");
    label.append(field, text);
    return label;
  };
  const place = document.createElement("fieldset");
  const legend = Object.assign(document.createElement("legend"), { textContent: t("which_stores") });
  const ticks = Object.assign(document.createElement("div"), { className: "ticks" });
  ticks.append(...state.groups.map((one) => tick("groups", one, t("of_group", { group: one }), groups)), ...storesByName(Object.keys(state.names)).map((one) => tick("stores", one, storeName(one), stores)));
  place.className = "whole";
  place.append(legend, ticks);
  const chosen = (name) => [...place.querySelectorAll(`[data-of=${name}]:checked`)].map(({ value }) => value);
  return { place, read: () => ({ stores: chosen("stores").length ? chosen("stores") : null, groups: chosen("groups").length ? chosen("groups") : null }) };
}

// Invites someone: the link is mailed, or else shown once, and they set their own password.
export function invitePerson() {
  const reach = reachField();
  edit(t("invite"), { email: 254, role: ROLES, reach: reach.place }, { role: "viewer" }, async ({ email, role }) => {
    const { secret, days, mailed } = await ask("/v1/people", { email, role, ...reach.read(), language: state.lang });
    const told = t(mailed ? "invited_mailed" : "invited_link", { email, days });
    return () => (mailed ? edit(told, {}, {}, () => {}, { word: "close" }) : shown(told, `${location.origin}/#invited=${secret}`));
  }, { word: "invite" });
}

// A name in a language, which then waits in its shop for approval.
export function editName(row, from, to) {
  const values = { name_text: row.names[to] || "" };
  const source = row.names[from];
  const kind = row.key.startsWith("text/") ? "lines" : 300;
  edit(`${storeName(row.store)} ${row.key}`, { name_text: kind }, values, ({ name_text }) => {
    const one = { key: row.key, source_language: from, source, language: to, text: name_text.replaceAll("\r\n", "\n") };
    return ask(`/v1/stores/${encodeURIComponent(row.store)}/directives`, { kind: "translations", body: { translations: [one] } });
  }, { shown: source, word: "propose" });
}

// A field in which one of the stores is chosen by name; `none`: the choice of no store in particular.
const storeField = (name, word, stores, none) => made("label", {}, made("span", { textContent: t(word) }),
  made("select", { name }, ...(none === undefined ? [] : [new Option(none, "")]), ...stores.map((store) => new Option(storeName(store), store))));

// A software version as a publication: first to the named shops, then in waves.
export function rollOut(releases) {
  const reach = reachField();
  const fields = { release: releases.map((one) => one.version), reach: reach.place, first: storeField("first", "first_store", Object.keys(state.names), t("any_store")), pause_hours: 3, gate_least: 3, gate_percent: 2 };
  edit(t("roll_out"), fields, { release: releases[0]?.version, pause_hours: 24, gate_least: 2, gate_percent: 5 }, ({ release, first, pause_hours, gate_least, gate_percent }) => {
    const chosen = releases.find((one) => one.version === release);
    if (!chosen) throw new Fault(400, { detail: t("no_release") });
    for (const line of [pause_hours, gate_least, gate_percent]) if (!/^\d+$/.test(line)) throw new Fault(400, { detail: t("line_wrong", { line }) });
    const gate = { least: Number(gate_least), percent: Number(gate_percent) };
    const wanted = { version: chosen.version, digest: chosen.digest };
    const body = { title: `${t("software")} ${release}`, directives: [{ kind: "software", body: { releases: [wanted] } }], ...reach.read(), first: first ? [first] : null, pause_s: Number(pause_hours) * 3600, gate };
    return ask(`/v1/publications/software-${Date.now().toString(36)}`, body, { method: "PUT" });
  });
}

// Card payment routing, as a publication to the chosen store or to all.
export function editRoute(stores) {
  const one = [...new Set(stores.map((row) => row.currency).filter(Boolean))];
  const minor = (text) => {
    if (!text.trim()) return 0;
    const read = one.length === 1 ? minorOf(text, one[0]) : undefined;
    if (read === undefined) throw new Fault(400, { detail: t("line_wrong", { line: text }) });
    return read;
  };
  const fields = { takers: 200, at_store: storeField("at_store", "field_at_store", stores.map((row) => row.store), "–"), method: ["any", "card_present", "card_online"], from_amount: 13, to_amount: 13, rank: 2 };
  edit(t("new_route"), fields, { method: "any", rank: 0 }, ({ takers, at_store, method, from_amount, to_amount, rank }) => {
    const id = `r${Date.now().toString(36)}`;
    if (!/^\d+$/.test(rank)) throw new Fault(400, { detail: t("line_wrong", { line: rank }) });
    const route = { id, providers: names(takers) || [], rank: Number(rank), store: at_store, method, from_minor: minor(from_amount), to_minor: minor(to_amount) };
    const body = { title: `${t("new_route")}${t("colon")}${takers}`, directives: [{ kind: "payments", body: { payments: [{ route }] } }], stores: at_store ? [at_store] : null, pause_s: 3600 };
    return ask(`/v1/publications/${id}`, body, { method: "PUT" });
  });
}

const LINES_SHOWN = 40;
const SENT_SHOWN = 2000; // lines of what is sent

// The name of a field that two publications both change, such as "settings store.footer".
const named = (field) => (field.startsWith("settings ") ? settingName(field.slice("settings ".length)) : field);

function begun(text) {
  const lines = text.split("\n");
  return lines.length <= SENT_SHOWN ? text : [...lines.slice(0, SENT_SHOWN), t("lines_more", { count: count(lines.length - SENT_SHOWN) })].join("\n");
}

const paragraph = (textContent, className = "hint whole") => made("p", { textContent, className });

// What changes in one of these stores, to choose from, and how old its data is. `look` asks for a store's preview.
async function previewsOf(stores, look) {
  const currencies = new Map((await rowsOf("stores")).map((one) => [one.store, one.currency]));
  const region = made("div", { className: "scroll wide", tabIndex: 0, role: "region", ariaLabel: t("preview") });
  const more = made("p", { className: "hint" });
  const choice = made("select", {}, ...stores.map((store) => new Option(storeName(store), store)));
  const draw = async (store) => {
    const found = await look(store);
    if (choice.value !== store) return; // another one was chosen meanwhile
    previewTable(region, { ...found, changes: found.changes.slice(0, LINES_SHOWN) }, { currency: currencies.get(store) || "" });
    const left = found.counts.changes - LINES_SHOWN;
    const ages = found.boxes.map((one) => t("box_age", { box: one.device, moment: one.heard_at ? moment(one.heard_at, store) : "–", version: one.version || "–" }));
    more.textContent = [...(left > 0 ? [t("lines_more", { count: count(left) })] : []), ...ages].join(" · ");
  };
  choice.addEventListener("change", () => void draw(choice.value).catch((fault) => { byId("edit").querySelector(".error").textContent = fault instanceof Fault ? refusal(fault) : t("away"); }));
  await draw(stores[0]);
  return made("section", { className: "whole preview" }, made("label", {}, made("span", { textContent: t("preview_in") }), choice), region, more);
}

// Shows a step's changes and conflicting publications, with the raw directives folded below. Approval is for their digest.
export async function confirmStep(row, step) {
  const publication = `/v1/publications/${encodeURIComponent(row.id)}`;
  const back = step === "take-back";
  const looks = back || step === "submit" || step === "approve";
  const look = (store) => ask(`${publication}/preview?${new URLSearchParams({ ...(store ? { store } : {}), ...(back ? { step } : {}) })}`);
  await settingWords();
  const { conflicts, reached, counts } = looks ? await look("") : { conflicts: [], reached: [] };
  const [whole] = (await ask(`/v1/publications?id=${encodeURIComponent(row.id)}`)).rows;
  const said = back ? whole.back : whole.directives;
  const sent = said.length ? begun(JSON.stringify(said, null, 1)) : "";
  const word = `step_${step.replace("-", "_")}`;
  const fields = {
    ...(looks ? { reaches: paragraph(t("reaches", { count: count(counts.stores) })) } : {}),
    ...Object.fromEntries(conflicts.map((one, at) => [`conflict_${at}`, paragraph(t("conflict", { other: one.title || one.publication, stores: one.stores, fields: one.fields.map(named).join(", ") }), "whole warning")])),
    ...(reached.length ? { previews: await previewsOf(reached, look) } : {}),
    ...(["reject", "stop", "go-on"].includes(step) ? { reason: 200 } : {}),
  };
  edit(`${t(word)}${t("colon")}${row.title || row.id}`, fields, {},
    ({ reason = "" }) => ask(`${publication}/${step}`, { reason, ...(step === "approve" ? { digest: whole.digest } : {}) }), { sent, word });
}

// Only for reading: there's nothing to save, just to close.
export function shown(title, text) {
  edit(title, {}, {}, () => {}, { shown: text, word: "close" });
}

export function askBox(stores) {
  const fields = { ask_store: storeField("ask_store", "field_ask_store", stores), question: ["check", "devices", "queue", "bundle"], reason: 200, hours: 2 };
  edit(t("ask_box"), fields, { question: "check", hours: 72 }, async ({ ask_store, question, reason, hours }) => {
    if (!/^\d+$/.test(hours)) throw new Fault(400, { detail: t("line_wrong", { line: hours }) });
    const place = `/v1/stores/${encodeURIComponent(ask_store)}/support`;
    const { case: id } = await ask(place, { question, reason, hours: Number(hours) });
    return () => heard(`${storeName(ask_store)}${t("colon")}${words[state.lang][`question_${question}`]}`, `${place}/${id}`);
  });
}

const HELP = ["status", "log", "check", "devices", "queue", "update", "print", "restart"];

// Remote help, while the shop allows it: one question or action at a time.
export function helpBox({ store, device }) {
  const title = `${t("help")}${t("colon")}${storeName(store)} ${device}`;
  edit(title, { question: HELP, subject: 80 }, { question: "status" }, async ({ question, subject }) => {
    const place = `/v1/stores/${encodeURIComponent(store)}`;
    const { case: id } = await ask(`${place}/boxes/${encodeURIComponent(device)}/help`, { question, subject });
    return () => heard(`${title}${t("colon")}${words[state.lang][`question_${question}`]}`, `${place}/support/${id}`);
  }, { word: "ask" });
}

const ANSWER_S = 10; // how long somebody waits for a box

// Waits for the answer and shows it when it comes; if none comes, says what it's waiting for.
async function heard(title, place) {
  shown(title, t("asking", { count: ANSWER_S }));
  const asking = byId("edit-shown").firstChild;
  const told = await answered(place).catch((fault) => (fault instanceof Fault ? refusal(fault) : t("away")));
  if (!byId("edit").open || byId("edit-shown").firstChild !== asking) return; // closed, or about something else by now
  byId("edit-shown").textContent = told;
  changed.dispatchEvent(new Event("changed"));
}

async function answered(place) {
  const { said, boxes } = await ask(`${place}?wait_s=${ANSWER_S}`);
  const why = words[state.lang][`why_${boxes.find((one) => one.why)?.why}`] ?? "";
  if (said !== "answered") return t(`heard_${said}`, { count: ANSWER_S, why });
  const answers = boxes.filter((one) => one.answered).map(async ({ device }) => `${device}\n${JSON.stringify(await ask(`${place}/${device}`), null, 1)}`);
  return (await Promise.all(answers)).join("\n");
}

// Makes a privacy request under the law; `told` gets the request's id, and each box's progress.
export function askShops(told) {
  const fields = { law_kind: ["access", "correction", "erasure"], phone: 20, email: 200 };
  edit(t("ask_shops"), fields, {}, async ({ law_kind, phone, email }) => {
    const id = `ask-${Date.now().toString(36)}`;
    told(id, await ask(`/v1/privacy/${id}`, { kind: law_kind, phone, email }, { method: "PUT" }));
  }, { word: "ask_shops" });
}

export function askRemoval(told) {
  edit(t("ask_removal"), { tenant: 200 }, {}, async ({ tenant }) => told(await ask("/v1/tenant/removal", { tenant })), { word: "ask_removal" });
}

byId("edit-cancel").addEventListener("click", () => byId("edit").close());
byId("new-store").addEventListener("click", () => editStore(null));
