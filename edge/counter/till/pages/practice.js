// Practice mode with yesterday's customers: each arrives with their goods, and a press scans one item.

import { sendSure } from "./sure.js";

const place = () => document.getElementById("practice_customer");
let timer = null;
let called = null; // whom nobody waited for

export function show() {
  const { number, wait } = place().dataset;
  const goods = place().querySelector("[data-goods]");
  clearTimeout(timer);
  if (!goods) return;
  const here = number === called || Number(wait) === 0;
  goods.hidden = !here;
  place().querySelector("[data-until-then]").hidden = here;
  if (!here) timer = setTimeout(call, Number(wait));
}

function call() {
  called = place().dataset.number;
  show();
}

export function press(target, tell) {
  if (target.closest("[data-call-now]")) call();
  const goods = target.closest("[data-goods-of]");
  if (goods) sendSure("AddLine", JSON.parse(goods.dataset.goodsOf)).then(tell);
}
