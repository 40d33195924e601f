// A tip as a customer chooses it at the checkout: none, a share of what is to be paid, or a sum of their own. Nothing is
// chosen beforehand.

import { parseMinor } from "./amounts.js";

const asked = (form) => {
  const field = form.querySelector(".tip");
  return field && !field.hidden ? (form.elements.tip?.value ?? "") : "";
};

// Shows the question where this order is asked it, and the field where another sum is wanted.
export function offerTip(form, brought) {
  const field = form.querySelector(".tip");
  if (!field) return;
  field.hidden = !brought && field.dataset.fetched !== "yes";
  field.querySelector("[data-brought]").hidden = !brought;
  field.querySelector(".own").hidden = form.elements.tip.value !== "own";
}

// As a query: `tip_share` or `tip_minor`; nothing where there is none.
export function tipQuery(form) {
  const choice = asked(form);
  if (choice === "own") return { tip_minor: parseMinor(form.elements.tip_sum.value) || 0 };
  return choice ? { tip_share: Number(choice) } : {};
}

// The sentence that says what is wrong with the sum that was typed; empty: nothing.
export function tipFault(form) {
  const field = form.querySelector(".tip");
  const typed = asked(form) === "own" ? form.elements.tip_sum.value.trim() : "";
  return typed && parseMinor(typed) === null ? field.dataset.wrong : "";
}
