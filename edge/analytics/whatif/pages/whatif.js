// What-if: turns the form into the API's scenario and waits for the answer.

import { parseMinor, parseQuantity, plainMinor } from "./amounts.js";
import "./dialogs.js";
import "./picker.js";
import { addRowTo, cell, fillGoods, goodsOf, plainThousandths, serve, whole } from "./whatif_form.js";

const form = document.getElementById("whatif");
const readers = { money: parseMinor, percent: parseQuantity, whole };
const DEALS = {
  percent_off: { share: "share" },
  amount_off: { off: "off_minor" },
  fixed_price: { price: "price_minor" },
  several_for: { count: "count", price: "price_minor" },
  buy_get: { buy: "buy", get: "get", share: "share" },
  spend_share: { spend: "spend_minor", share: "share" },
  spend_amount: { spend: "spend_minor", off: "off_minor" },
};
const NUMBERS = [...new Set(Object.values(DEALS).flatMap(Object.keys))];

const items = (group) => [...form.querySelectorAll(`[data-group="${group}"] .item`)];

// A field's value; throws the field if it can't be read.
function read(field, kind = field.dataset.kind) {
  const taken = readers[kind](field.value.trim(), field);
  if (taken === null) throw field;
  return taken;
}

function price(row) {
  const how = cell(row, "how").value;
  if (how === "price") return { goods: goodsOf(row), price_minor: read(cell(row, "price")) };
  return { goods: goodsOf(row), percent: read(cell(row, "percent")) * (how === "less" ? -1 : 1) };
}

function promotion(row, place) {
  const deal = cell(row, "deal");
  const fields = Object.entries(DEALS[deal.value]).map(([of, name]) => [name, read(cell(row, of))]);
  const called = deal.selectedOptions[0].textContent;
  return {
    id: `what-if-${place + 1}`,
    names: { [form.dataset.language]: called },
    deal: { kind: deal.value, ...Object.fromEntries(fields) },
    goods: goodsOf(row),
    list: cell(row, "list").value,
    priority: 100,
  };
}

function coupons() {
  const how = form.elements.coupons.value;
  if (how === "none") return [{}];
  if (how === "share") return [{ share: read(form.elements.coupon_share, "percent") }];
  if (how === "sum") return [{ sum_minor: read(form.elements.coupon_sum, "money") }];
  return [];
}

function taxes() {
  const classes = new Map();
  for (const field of form.querySelectorAll("[data-tax]")) {
    const rates = classes.get(field.dataset.tax) ?? [];
    classes.set(field.dataset.tax, [...rates, { rate: read(field, "percent"), was: Number(field.dataset.was) }]);
  }
  return [...classes]
    .filter(([, rates]) => rates.some(({ rate, was }) => rate !== was))
    .map(([tax_class, rates]) => ({ tax_class, rates: rates.map(({ rate }) => rate) }));
}

const minutes = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

function weekly() {
  const { opens, closes } = form.elements;
  const closed = [...form.querySelectorAll("[name=closed]:checked")].map((box) => Number(box.value));
  if (!opens.value && !closes.value && !closed.length) return [];
  const from_min = opens.value ? minutes(opens.value) : 0;
  let until_min = closes.value ? minutes(closes.value) : 1440;
  if (until_min <= from_min) until_min += 1440;
  return [1, 2, 3, 4, 5, 6, 7].map((day) => (closed.includes(day) ? [] : [{ from_min, until_min }]));
}

function earned() {
  const fields = [...form.querySelectorAll("[data-earn]")].map((field) => [JSON.parse(field.dataset.earn), Number(field.value)]);
  const changed = fields.filter(([rule, points]) => points !== rule.points);
  return {
    earn: changed.filter(([, points]) => points > 0).map(([rule, points]) => ({ ...rule, points })),
    without_earn: changed.filter(([, points]) => points <= 0).map(([rule]) => rule.id),
  };
}

function zones() {
  const rows = [...form.querySelectorAll("[data-zone]")].map((row) => {
    const zone = JSON.parse(row.dataset.zone);
    const sums = [...row.querySelectorAll("input")].map((field) => [field.dataset.of, read(field, "money")]);
    return [zone, { ...zone, ...Object.fromEntries(sums) }];
  });
  return rows.filter(([was, now]) => JSON.stringify(was) !== JSON.stringify(now)).map(([, now]) => now);
}

const scenario = () => ({
  first: form.elements.first.value,
  last: form.elements.last.value,
  prices: items("prices").map(price),
  promotions: items("promotions").map(promotion),
  without: [...form.querySelectorAll("[name=without]:checked")].map((box) => box.value),
  coupons: coupons(),
  ...earned(),
  taxes: taxes(),
  deposits: items("deposits").map((row) => ({ goods: goodsOf(row), deposit_minor: read(cell(row, "deposit")) })),
  weekly: weekly(),
  zones: zones(),
});

// Shows only the fields that apply to a row's selected options.
function showFields(row) {
  const shown = (of, is) => {
    const label = row.querySelector(`[data-for="${of}"]`);
    if (label) label.hidden = !is;
  };
  shown("sku", cell(row, "scope").value === "sku");
  const deal = cell(row, "deal");
  if (deal) for (const of of NUMBERS) shown(of, of in DEALS[deal.value]);
  const how = cell(row, "how");
  if (!how) return;
  how.querySelector('[value="price"]').disabled = cell(row, "scope").value !== "sku";
  if (how.selectedOptions[0]?.disabled) how.value = "less";
  shown("percent", how.value !== "price");
  shown("price", how.value === "price");
}

function addRow(group) {
  const row = addRowTo(form.querySelector(`[data-group="${group}"]`));
  showFields(row);
  return row;
}

const clock = (minute) => `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

// Fills the form with the last scenario.
function fill(asked) {
  for (const one of asked.prices ?? []) {
    const row = addRow("prices");
    fillGoods(row, one.goods);
    showFields(row);
    const fixed = one.price_minor !== undefined && one.price_minor !== null;
    cell(row, "how").value = fixed ? "price" : one.percent < 0 ? "less" : "more";
    if (fixed) cell(row, "price").value = plainMinor(one.price_minor, cell(row, "price"));
    else cell(row, "percent").value = plainThousandths(Math.abs(one.percent));
    showFields(row);
  }
  for (const one of asked.promotions ?? []) {
    const row = addRow("promotions");
    fillGoods(row, one.goods);
    cell(row, "deal").value = one.deal.kind;
    cell(row, "list").value = one.list ?? "";
    for (const [of, name] of Object.entries(DEALS[one.deal.kind])) {
      const field = cell(row, of);
      const value = one.deal[name] ?? (of === "share" ? 100000 : 1);
      field.value = { money: plainMinor, percent: plainThousandths, whole: String }[field.dataset.kind](value, field);
    }
    showFields(row);
  }
  for (const one of asked.deposits ?? []) {
    const row = addRow("deposits");
    fillGoods(row, one.goods);
    cell(row, "deposit").value = plainMinor(one.deposit_minor, cell(row, "deposit"));
    showFields(row);
  }
  for (const id of asked.without ?? []) {
    const box = [...form.querySelectorAll("[name=without]")].find(({ value }) => value === id);
    if (box) box.checked = true;
  }
  fillRest(asked);
}

function fillRest({ coupons: [coupon] = [], taxes: rated = [], weekly: week = [], earn = [], without_earn = [], zones: others = [] }) {
  if (coupon) {
    form.elements.coupons.value = coupon.share ? "share" : coupon.sum_minor ? "sum" : "none";
    if (coupon.share) form.elements.coupon_share.value = plainThousandths(coupon.share);
    if (coupon.sum_minor) form.elements.coupon_sum.value = plainMinor(coupon.sum_minor, form.elements.coupon_sum);
  }
  for (const { tax_class, rates } of rated) {
    const fields = [...form.querySelectorAll("[data-tax]")].filter((field) => field.dataset.tax === tax_class);
    fields.forEach((field, place) => (field.value = plainThousandths(rates[place] ?? 0)));
  }
  week.forEach((spans, place) => {
    if (!spans.length) form.querySelector(`[name=closed][value="${place + 1}"]`).checked = true;
    for (const span of spans) {
      form.elements.opens.value = clock(span.from_min);
      form.elements.closes.value = clock(span.until_min);
    }
  });
  for (const field of form.querySelectorAll("[data-earn]")) {
    const { id } = JSON.parse(field.dataset.earn);
    const rule = earn.find((one) => one.id === id);
    if (rule || without_earn.includes(id)) field.value = rule?.points ?? 0;
  }
  for (const row of form.querySelectorAll("[data-zone]")) {
    const was = JSON.parse(row.dataset.zone);
    const zone = others.find(({ id }) => id === was.id) ?? was;
    for (const field of row.querySelectorAll("input")) field.value = plainMinor(zone[field.dataset.of], field);
  }
  const hasMore = coupon || rated.length || week.length || earn.length || without_earn.length || others.length;
  if (hasMore || items("deposits").length) form.querySelector("details").open = true;
  showCoupon();
}

function showCoupon() {
  for (const label of form.querySelectorAll("[data-coupon]")) label.hidden = label.dataset.coupon !== form.elements.coupons.value;
}

serve({
  form,
  path: "whatif",
  page: "whatif",
  counted: "papers",
  scenario,
  added: (button) => addRow(button.closest("[data-group]").dataset.group),
  changed: showFields,
});
form?.addEventListener("change", ({ target }) => target.name === "coupons" && showCoupon());
if (form) fill(JSON.parse(form.dataset.scenario));
