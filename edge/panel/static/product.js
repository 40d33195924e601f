// One product: what was changed is sent as the manager's word, and refused if somebody else was faster.

import { parseMinor, parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const { sku, etag } = document.querySelector("main").dataset;
const source = { name: "manager" };
const show = (id, text) => (document.getElementById(id).textContent = text);
const address = (of) => `products/${encodeURIComponent(of)}`;

const readers = {
  text: (text) => text,
  category: (text) => text,
  codes: (text) => text.split(/[\s,;]+/).filter(Boolean),
  money: parseMinor,
  quantity: parseQuantity,
  number: (text) => (/^\d{1,6}$/.test(text) ? Number(text) : null),
  size: (text) => {
    const found = /^([\d.,]+)\s*(g|ml|m|piece)$/.exec(text);
    const amount = found && parseQuantity(found[1]);
    return amount === null || amount === undefined ? null : { amount, measure: found[2] };
  },
};

// What of the form was changed, as a JSON merge patch: null takes the manager's word back. Throws the field that cannot
// be read.
function patchOf(form) {
  const patch = {};
  for (const field of form.querySelectorAll("[data-kind]")) {
    const typed = field.value.trim();
    const before = field.matches("select") ? [...field.options].find((one) => one.defaultSelected)?.value ?? "" : field.defaultValue;
    if (typed === before.trim()) continue;
    const { kind } = field.dataset;
    const taken = readers[kind](typed);
    const emptied = !typed && !["text", "category", "codes"].includes(kind);
    if (taken === null && !emptied) throw field;
    const [name, key] = field.name.split(/\.(.*)/s);
    if (key === undefined) patch[name] = emptied ? null : taken;
    else (patch[name] ??= {})[key] = typed || null;
  }
  return patch;
}

async function change(patch) {
  const headers = sku ? { "If-Match": etag } : { "If-None-Match": "*" };
  const of = sku ?? document.forms.product.elements.sku.value.trim();
  const answer = await askGranted(sku ? "PATCH" : "PUT", address(of), patch, headers);
  if (!answer) return;
  if (answer.status < 300) location.assign(`/manager/product?sku=${encodeURIComponent(of)}`);
  else show("product-error", messageOf(answer));
}

document.forms.product.addEventListener("submit", (event) => {
  event.preventDefault();
  show("product-error", "");
  try {
    change(patchOf(event.target));
  } catch (field) {
    if (!(field instanceof Element)) throw field;
    field.setCustomValidity(document.querySelector("main").dataset.unread);
    field.reportValidity();
    field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
  }
});

document.getElementById("plan")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { price, list, from, until } = event.target.elements;
  const body = { price_minor: parseMinor(price.value), list: list.value };
  if (from.value) body.begins = from.value;
  if (until.value) body.ends = until.value;
  tell(await askGranted("POST", `${address(sku)}/prices`, body), "plan-error");
});

document.getElementById("retire")?.addEventListener("click", async ({ target }) => {
  tell(await sendGranted(target.dataset.command, { skus: [sku], source }), "product-error");
});

addEventListener("click", async ({ target }) => {
  const { back, drop, from } = target.dataset;
  if (back) {
    const [name, key] = back.split(/\.(.*)/s);
    change(key === undefined ? { [name]: null } : { [name]: { [key]: null } });
  }
  if (drop) {
    const body = { sku, price_minor: null, list: drop, from_us: Number(from), source };
    tell(await sendGranted("SetPrice", body), "plan-error");
  }
});

function tell(answer, id) {
  if (answer?.status < 300) location.reload();
  else if (answer) show(id, messageOf(answer));
}

listen(() => {});
