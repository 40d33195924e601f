// One customer: profile, consents, addresses, wish list; merge, export and erase.

import { parseMinor, parseQuantity } from "./amounts.js";
import { linkOther, look } from "./customer_find.js";
import { writeDate } from "./dates.js";
import { meant, open } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { asked } from "./sure.js";
import { command, here as at, undoBy } from "./toast.js";

const main = document.querySelector("main");
const { customer } = main.dataset;
const { lang, register } = document.body.dataset;
const here = `customers/${encodeURIComponent(customer)}`;
const held = () => JSON.parse(document.querySelector("[data-addresses]").dataset.addresses);
const listed = (text) => text.split(/\s*[,;\n]\s*/).filter(Boolean);
const page = (path, query) => location.assign(`${path}?${new URLSearchParams({ register, ...query })}`);

// Updates the customer, asking for confirmation if the postal code belongs to another province.
const change = (fields) => asked((answers) => askGranted("PATCH", here, { ...fields, answers }));

function tell(answer, place, go = () => location.reload()) {
  if (!answer) return;
  if (answer.status < 300) go(answer);
  else {
    place.textContent = messageOf(answer);
    linkOther(answer, place);
  }
}

// A field's value, or null if it's empty; throws the field if it can't be read.
function amount(field, parse) {
  if (!field.value.trim()) return null;
  const taken = parse(field.value.trim());
  if (taken === null) throw field;
  return taken;
}

// Each form's values, in the customer's API format.
const HELD = {
  profile(form) {
    const { new_code: _, ...fields } = Object.fromEntries(new FormData(form));
    if (!fields.language) delete fields.language;
    return fields;
  },
  preferences(form) {
    const { elements: of } = form;
    const names = ["liked_categories", "avoided_categories", "liked_brands", "avoided_brands", "strain_types"];
    const lists = Object.fromEntries(names.map((name) => [name, listed(of[name].value.trim())]));
    const limit = amount(of.price_limit, parseMinor) ?? 0;
    const ticked = [...form.querySelectorAll("[name=allergen]:checked")].map((box) => box.value);
    lists.allergens = [...ticked, ...listed(of.other_allergens.value.trim())];
    return { preferences: { ...lists, most_thc: amount(of.most_thc, parseQuantity), price_limit_minor: limit } };
  },
};
const shownIn = (name) => at(`[data-form="${name}"]`);
const formOf = (name) => document.querySelector(`[data-form="${name}"]`);
const before = Object.fromEntries(Object.keys(HELD).filter(formOf).map((name) => [name, HELD[name](formOf(name))]));
const patchBack = (fields, shown) => undoBy(["PATCH", here, fields], shown);

const FORMS = {
  profile(form) {
    patchBack(before.profile, shownIn("profile"));
    return change({ ...HELD.profile(form), new_code: form.elements.new_code.checked });
  },
  preferences(form) {
    const held = HELD.preferences(form);
    patchBack(before.preferences, shownIn("preferences"));
    return change(held);
  },
  address(form) {
    const { line1, line2, line3, ...rest } = Object.fromEntries(new FormData(form));
    const lines = [line1, line2, line3].filter((line) => line.trim());
    patchBack({ addresses: held() }, ADDRESSES);
    return change({ addresses: [...held(), { ...rest, lines }] });
  },
  wish(form) {
    const { sku, note } = form.elements;
    undoBy(command("RemoveWish", { customer, sku: sku.value.trim() }), at("#part-wishes .wishes"));
    return askGranted("PUT", `${here}/wishlist/${encodeURIComponent(sku.value.trim())}`, { note: note.value });
  },
  async forget(form) {
    if (!(await meant(form.dataset.sure))) return null;
    return askGranted("DELETE", here, {});
  },
};
const ADDRESSES = at("[data-addresses]");
const AFTER = { forget: forgotten };

// Tells the user what must be kept, why and until when, before leaving the page.
async function forgotten({ body }) {
  const form = document.querySelector('[data-form="forget"]');
  const { kept, whys } = form.dataset;
  const said = JSON.parse(whys);
  const list = (body.done?.result ?? []).map(({ number, why, until }) => said[why].replace("{number}", number).replace("{date}", writeDate(until ?? "")));
  if (list.length) await meant(kept.replace("{list}", list.join(", ")));
  page("/manager/customers", {});
}

async function exported(form, as) {
  const answer = await askGranted("POST", `${here}/export`, { why: form.elements.why.value });
  tell(answer, form.querySelector(".error"), ({ body }) => {
    if (as === "paper") return page("/manager/customer/paper", { id: customer });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(body, null, 2)], { type: "application/json" }));
    link.download = `${customer}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.form) return;
  event.preventDefault();
  if (form.dataset.form === "export") return exported(form, event.submitter?.value);
  if (!FORMS[form.dataset.form]) return;
  try {
    tell(await FORMS[form.dataset.form](form), form.querySelector(".error"), AFTER[form.dataset.form]);
  } catch (field) {
    if (!(field instanceof Element)) throw field;
    field.focus();
    field.select();
  }
});

// A child's consent is given by a parent, so ask for one.
async function gives(said) {
  const answer = await sendGranted("GiveConsent", said);
  const { code, message } = answer?.body.refused ?? {};
  return code === "consent_parent" && (await meant(message)) ? sendGranted("GiveConsent", { ...said, how: "parent" }) : answer;
}

addEventListener("click", async ({ target }) => {
  const { give, withdraw, drop, unwish, revoke, asks } = target.dataset;
  const place = document.getElementById("consent-error");
  if (give) tell(await gives({ customer, purpose: give, language: lang }), place);
  if (withdraw) tell(await sendGranted("WithdrawConsent", { customer, purpose: withdraw }), place);
  if (asks) tell(await sendGranted("NoteRequest", { customer, kind: asks }), place, () => page("/manager/customers", {}));
  if (unwish) tell(await sendGranted("RemoveWish", { customer, sku: unwish }), place);
  if (revoke) tell(await sendGranted("RevokeMethod", { id: revoke }), place);
  if (drop) patchBack({ addresses: held() }, ADDRESSES);
  if (drop) tell(await change({ addresses: held().filter((_, at) => at !== Number(drop)) }), place);
  const other = target.closest("#merge-found [data-customer]")?.dataset.customer;
  if (other) merge(other);
});

const merging = document.querySelector('[data-form="merge"]');

async function merge(other) {
  if (other === customer || !(await meant(merging.dataset.sure))) return;
  tell(await sendGranted("MergeCustomers", { kept: customer, merged: other }), merging.querySelector(".error"));
}

merging.addEventListener("input", async ({ target }) => {
  const html = target.value.trim() ? await look(target.value, "found", "panel") : "";
  if (html !== null) document.getElementById("merge-found").innerHTML = html;
});

listen(() => {});
