// A customer's tip at checkout: none, a share of the total, or an amount of their own.
// Nothing is preselected.

import { parseMinor } from "./amounts.js";

const asked = (form) => {
  const field = form.querySelector(".tip");
  return field && !field.hidden ? (form.elements.tip?.value ?? "") : "";
};

// Shows the tip question if it applies to this order, and the amount field for a custom tip.
export function offerTip(form, brought) {
  const field = form.querySelector(".tip");
  if (!field) return;
  field.hidden = !brought && field.dataset.fetched !== "yes";
  field.querySelector("[data-brought]").hidden = !brought;
  field.querySelector(".own").hidden = form.elements.tip.value !== "own";
}

// The tip as query parameters: `tip_share` or `tip_minor`, or nothing.
export function tipQuery(form) {
  const choice = asked(form);
  if (choice === "own") return { tip_minor: parseMinor(form.elements.tip_sum.value) || 0 };
  return choice ? { tip_share: Number(choice) } : {};
}

// The error message for a typed amount, or "" if it's valid.
export function tipFault(form) {
  const field = form.querySelector(".tip");
  const typed = asked(form) === "own" ? form.elements.tip_sum.value.trim() : "";
  return typed && parseMinor(typed) === null ? field.dataset.wrong : "";
}
