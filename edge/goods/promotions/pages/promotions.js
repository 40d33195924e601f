// Promotions: turns the form into an API request, and ends promotions.

import { parseMinor, parseQuantity } from "./amounts.js";
import "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { goOn, minding } from "./leaving.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { blame, complain } from "./rows.js";
import { command, here, undoBy } from "./toast.js";

const form = document.forms.promotion;
const { unread } = document.querySelector("main").dataset;
const of = (name) => form.elements[name];
const COUNT = /^\d{1,4}$/;
const readers = { money: parseMinor, percent: parseQuantity, number: (text) => (COUNT.test(text) ? Number(text) : null) };

// A field's value; throws the field if it can't be read.
function read(name) {
  const field = of(name);
  const taken = readers[field.dataset.kind](field.value.trim(), field);
  if (taken === null) throw field;
  return taken;
}

const DEALS = {
  percent_off: () => ({ share: read("share") }),
  amount_off: () => ({ off_minor: read("off") }),
  fixed_price: () => ({ price_minor: read("price") }),
  several_for: () => ({ count: read("count"), price_minor: read("price") }),
  buy_get: () => ({ buy: read("buy"), get: read("get"), share: read("share") }),
  spend_share: () => ({ spend_minor: read("spend"), share: read("share") }),
  spend_amount: () => ({ spend_minor: read("spend"), off_minor: read("off") }),
};

const listed = (text) => text.split(/\s*[,;\n]\s*/).filter(Boolean);
const goods = (name) => ({
  skus: listed(of(`${name}.skus`).value.trim()),
  categories: [...form.querySelectorAll(`[name="${name}.categories"]:checked`)].map((box) => box.value),
  brands: listed(of(`${name}.brands`).value.trim()),
});

// A time as minutes of the day; if both are empty, the promotion runs all day.
function minute(name) {
  if (!of("from_min").value && !of("until_min").value) return 0;
  const [hours, minutes] = (of(name).value || "00:00").split(":").map(Number);
  return hours * 60 + minutes;
}

function promotion() {
  const names = [...form.querySelectorAll("[name^='names.']")].filter((input) => input.value.trim());
  return {
    names: Object.fromEntries(names.map((input) => [input.lang, input.value.trim()])),
    deal: { kind: of("kind").value, ...DEALS[of("kind").value]() },
    goods: goods("goods"),
    but: goods("but"),
    begins: of("from").value,
    ends: of("until").value,
    weekdays: [...form.querySelectorAll("[name=weekdays]:checked")].map((box) => Number(box.value)),
    from_min: minute("from_min"),
    until_min: minute("until_min"),
    list: of("list").value,
    times: of("times").value.trim() ? read("times") : 0,
    priority: Number(of("priority").value || 0),
  };
}

// Shows only the fields of the selected kind of promotion.
function showDeal() {
  for (const row of form.querySelectorAll("[data-deals]")) row.hidden = !row.dataset.deals.split(" ").includes(of("kind").value);
}

function tell(answer, id, go = goOn) {
  if (answer?.status < 300) go(`/manager/promotions?register=${encodeURIComponent(document.body.dataset.register)}`);
  else if (answer) document.getElementById(id).textContent = messageOf(answer);
}

const was = form.dataset.id ? promotion() : null;

async function save() {
  const id = form.dataset.id ?? `p-${Date.now().toString(36)}`;
  const path = `promotions/${encodeURIComponent(id)}`;
  const wanted = promotion();
  const shown = [`/manager/promotions?${new URLSearchParams({ id })}`, "#promotion"];
  undoBy(was ? ["PUT", path, was] : command("EndPromotion", { id }), shown);
  const answer = await askGranted("PUT", path, wanted);
  if (answer && !blame(form, answer, unread)) tell(answer, "promotion-error");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save().catch((field) => complain(field, unread));
});
of("kind").addEventListener("change", showDeal);
addEventListener("click", async ({ target }) => {
  const { end } = target.dataset;
  if (!end) return;
  const path = `promotions/${encodeURIComponent(end)}`;
  const known = await askGranted("GET", path);
  if (known?.status === 200) undoBy(["PUT", path, known.body.promotion], ["/manager/promotions", `tr:has([data-end="${CSS.escape(end)}"])`]);
  tell(await sendGranted("EndPromotion", { id: end }), "list-error", (list) => location.assign(list));
});

showDeal();
minding(form);
listen(() => {});
