// A customer's account: sign in with a code or a passkey, and manage their data. Each change is a request with its own
// ID, after which the account is shown again.

import { writeDate } from "./dates.js";
import { meant } from "./dialogs.js";
import { uuid7 } from "./ids.js";
import { made, mayUse, shown } from "./passkeys.js";
import "./refocus.js";
import { takeWishes } from "./wishes.js";

const $ = (id) => document.getElementById(id);
const { lang } = document.body.dataset;
const LOOKS_MOST = 20, LOOK_MS = 700; // a provider makes a page within seconds
let asking = "";
let waits = null; // what goes on once a code was shown once more

async function send(path, body = {}) {
  $("me-error").textContent = $("me-done").textContent = "";
  try {
    const answer = await fetch(`/me/${path}?lang=${lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": `"${uuid7()}"` },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    if (answer.status === 401) location.reload();
    const refused = answer.ok ? null : (said.refused ?? said.error ?? said);
    if (refused) $("me-error").textContent = refused.message ?? said.detail ?? "…";
    return { ok: answer.ok, said, code: refused?.code ?? said.code };
  } catch {
    $("me-error").textContent = "…";
    return { ok: false, said: {}, code: "" };
  }
}

async function showAnew() {
  const answer = await fetch(`/me/account?lang=${lang}`);
  if (answer.status === 401) return location.reload();
  if (answer.ok) {
    $("account").innerHTML = await answer.text();
    offerPasskeys();
  }
}

const tell = (text) => ($("me-done").textContent = text);

// Some actions need a recently entered code: if so, ask for one, then continue with the action.
async function confirmed(act) {
  const done = await act();
  if (done.code !== "account_code_first") return done;
  waits = act;
  const { ok, said } = await send("confirm/ask");
  if (!ok) return done;
  $("confirm").hidden = false;
  $("confirm-sent").textContent = $("confirm-sent").dataset[said.result] ?? "";
  $("confirm").elements.code.focus();
  return done;
}

async function showCode(form, takeBack = false) {
  const { code, name, born } = form.elements;
  const newcomer = !$("newcomer").hidden;
  const ticked = [...form.querySelectorAll("[name=consent]:checked")].map((box) => box.value);
  const more = newcomer ? { name: name.value, born: born?.value ?? "", consents: ticked } : {};
  const answer = await send("sign-in", { asking, code: code.value, take_back: takeBack, ...more });
  if (answer.ok) {
    await takeWishes((sku) => send("wish", { sku }));
    return location.reload();
  }
  if (answer.code === "account_new" && !newcomer) {
    $("me-error").textContent = "";
    $("newcomer").hidden = $("newcomer").disabled = false;
    name.focus();
  }
  if (answer.code === "account_take_back") $("take-back").hidden = false;
}

async function exportAll() {
  const { ok, said } = await confirmed(() => send("export"));
  if (ok) showExport(said);
}

function showExport(said) {
  const text = JSON.stringify(said, null, 2);
  $("exported").hidden = false;
  $("exported").querySelector("pre").textContent = text;
  $("export-save").href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
}

async function forget() {
  if (!(await meant(document.body.dataset.forgetSure))) return;
  const act = () => send("forget");
  const { ok, said } = await confirmed(act);
  if (ok) showForgotten(said);
}

function showForgotten(said) {
  const kept = (said.kept ?? []).map((one) => `${one.number} ${writeDate(one.until ?? "")}`.trim()).join(", ");
  const { forgotten, keptOn } = document.body.dataset;
  $("account").replaceChildren();
  tell(kept ? `${forgotten} ${keptOn.replace("{what}", kept)}` : forgotten);
}

const FORMS = {
  "ask-code": async (form) => {
    const { ok, said } = await send("code", { to: form.elements.to.value });
    if (!ok) return;
    asking = said.asking;
    $("show-code").hidden = false;
    $("show-code").elements.code.focus();
  },
  "show-code": (form) => showCode(form),
  "add-card": async (form) => {
    if (!(await send("card", { agreed: form.elements.agreed.checked })).ok) return;
    for (let looks = 0; looks < LOOKS_MOST; looks += 1) {
      await showAnew();
      const page = document.querySelector("[data-card-page]");
      const there = page?.querySelector("a");
      if (there) return location.assign(there.href);
      if (!page) return; // it cannot be made
      await new Promise((soon) => setTimeout(soon, LOOK_MS));
    }
  },
  "set-allergens": async (form) => {
    const said = JSON.parse(form.dataset.preferences);
    const boxes = [...form.querySelectorAll("[name=allergen]")];
    const others = (said.allergens ?? []).filter((word) => !boxes.some((box) => box.value === word));
    const allergens = [...boxes.filter((box) => box.checked).map((box) => box.value), ...others];
    if (!(await send("preferences", { preferences: { ...said, allergens } })).ok) return;
    await showAnew();
    tell(document.body.dataset.saved);
  },
  confirm: async (form) => {
    if (!(await send("confirm", { code: form.elements.code.value })).ok) return;
    form.hidden = true;
    const act = waits;
    waits = null;
    const { ok, said } = (await act?.()) ?? {};
    if (ok && said.customer) showExport(said);
    else if (ok && said.kept) showForgotten(said);
    else if (ok) showAnew();
  },
};

async function sendForm(form) {
  const body = Object.fromEntries(new FormData(form));
  if (body.rating) body.rating = Number(body.rating);
  const act = () => send(form.dataset.send, body);
  const { ok } = await (form.hasAttribute("data-confirms") ? confirmed(act) : act());
  if (!ok) return;
  if (form.dataset.send === "way/ask") return ($("way-code").hidden = false);
  await showAnew();
  tell(document.body.dataset[form.dataset.send === "review" ? "reviewSent" : "saved"]);
}

addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (FORMS[form.id]) FORMS[form.id](form);
  else if (form.dataset.send) sendForm(form);
});

async function click(target) {
  const { dataset } = target.closest("li") ?? target;
  if (target.dataset.do) {
    const act = () => send(target.dataset.do, { ...dataset });
    const { ok } = await (target.hasAttribute("data-confirms") ? confirmed(act) : act());
    if (ok) showAnew();
  } else if (target.dataset.consent) {
    const given = target.dataset.consent === "yes";
    if ((await send("consent", { purpose: dataset.purpose, given, language: lang })).ok) showAnew();
  } else if (target.dataset.mine) {
    const word = { kind: dataset.kind, name: dataset.name };
    if ((await send("profile", { word, is_mine: target.dataset.mine === "yes" })).ok) showAnew();
  } else if (target.hasAttribute("data-cart")) {
    if ((await send("cart", { sku: dataset.sku })).ok) tell(document.body.dataset.inCart);
  }
}

const BUTTONS = {
  "take-back": () => showCode($("show-code"), true),
  "sign-out": async () => (await send("sign-out")).ok && location.reload(),
  "sign-out-others": async () => (await send("session/end", { others: true })).ok && showAnew(),
  export: exportAll,
  forget,
  passkey: async () => {
    const { ok, said } = await send("passkey/ask", { purpose: "sign_in" });
    const signed = ok && (await shown(said));
    if (signed && (await send("passkey", signed)).ok) location.reload();
  },
  "passkey-add": async () => {
    const { ok, said } = await send("passkey/ask", { purpose: "add" });
    const added = ok && (await made(said));
    if (added && (await send("passkey/add", added)).ok) showAnew();
  },
};

addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button || button.type === "submit") return;
  if (BUTTONS[button.id]) BUTTONS[button.id]();
  else click(button);
});

function offerPasskeys() {
  for (const id of ["passkey", "passkey-add"]) if ($(id)) $(id).hidden = !mayUse();
  if ($("passkey-hint")) $("passkey-hint").hidden = mayUse();
}

offerPasskeys();
