// Checkout: pickup or delivery, time slot, tip, coupon and customer details; then the order is placed.

import { keepSlot, offerSlots } from "./free_slots.js";
import { showFromTop } from "./from_top.js";
import { ask } from "./kiosk_line.js";
import { say } from "./modes.js";
import { offerTip, tipFault, tipQuery } from "./tip_choice.js";

const { lang } = document.body.dataset;
export const TYPING_MS = 180;
const $ = (id) => document.getElementById(id);
const messageOf = (answer) => (answer.body?.refused ?? answer.body?.error)?.message ?? "";

// `page`: the page's functions: show(cart), toast(text), refresh(touch), askAge(age, then), placed(answer).
export function checkout(page) {
  async function open() {
    const answer = await ask("checkout");
    if (answer.status !== 200) return;
    $("sheet").innerHTML = answer.body;
    showFromTop($("sheet"));
    say([...$("sheet").querySelectorAll("h2, .total")].map((one) => one.innerText).join(". "));
  }

  // The address decides the delivery fee and time slots, updated while the postal code is typed.
  function terms(form) {
    return (terms.underWay = askTerms(form));
  }

  async function askTerms(form) {
    clearTimeout(terms.timer);
    terms.timer = 0;
    const brought = form.elements.fulfilment?.value === "delivery";
    offerTip(form, brought);
    const code = brought ? form.elements.postal_code.value.trim() : "";
    const mine = (terms.asked = (terms.asked ?? 0) + 1);
    const query = new URLSearchParams({ postal_code: code, brought: brought ? "yes" : "no", ...tipQuery(form) });
    const answer = await ask(`terms?${query}`);
    if (mine !== terms.asked || answer.status !== 200) return;
    $("terms").innerHTML = answer.body.html;
    if (form.elements.slot) keepSlot(form.elements.slot, form.dataset.slot);
    form.dataset.total = answer.body.total_minor;
    form.dataset.tip = answer.body.tip_minor;
    form.querySelector('[type="submit"]').textContent = answer.body.place;
    say($("terms").querySelector("p").innerText);
  }

  async function order(form) {
    $("place-error").textContent = tipFault(form);
    if ($("place-error").textContent) return form.elements.tip_sum.focus();
    const seen = form.dataset.total;
    const typed = terms.timer; // what was typed last is in the sum
    await (typed ? terms(form) : terms.underWay);
    const accepted = typed ? form.dataset.total : (seen ?? form.dataset.total); // nobody orders for a sum unseen
    const said = Object.fromEntries(new FormData(form));
    const wanted = { accepted_total_minor: Number(accepted), name: said.name ?? "", note: said.note ?? "", substitutes: "substitutes" in said, tip_minor: Number(form.dataset.tip) };
    const fee = form.querySelector("[data-no-show-fee]"); // what was shown is what may be kept
    if (fee) wanted.no_show_fee_minor = Number(fee.dataset.noShowFee);
    if (said.slot) wanted.slot_from_us = Number(said.slot);
    if (said.phone) wanted.phone = said.phone;
    if (said.fulfilment === "delivery") {
      Object.assign(wanted, { fulfilment: "delivery", address: said.address, postal_code: said.postal_code });
    }
    const button = form.querySelector('[type="submit"]');
    button.disabled = true;
    const answer = await ask("place", wanted);
    button.disabled = false;
    if (answer.status === 200) return page.placed(answer.body);
    const refused = answer.body?.refused;
    $("place-error").textContent = messageOf(answer);
    if (refused?.code === "age_not_said") page.askAge(Number(refused.values.age), () => order(form));
    offerSlots($("place-error"), refused, lang, (slot) => {
      const choice = form.elements.slot;
      if (![...choice.options].some((option) => Number(option.value) === slot)) choice.add(new Option("", slot));
      choice.value = slot;
      order(form);
    });
    await page.refresh("yes"); // at today's prices: what is shown and ordered next is what it costs now
    if (refused?.code === "price_changed") await terms(form);
    say($("place-error").textContent);
  }

  // A typed coupon works like a scanned one; the checkout is then shown again with the new total.
  async function useCoupon() {
    const input = $("place").elements.coupon;
    if (!input.value.trim()) return input.focus();
    const answer = await ask("coupon", { code: input.value.trim() });
    if (answer.status !== 200) {
      $("place-error").textContent = messageOf(answer);
      return;
    }
    page.show(answer.body.cart);
    await open();
  }

  // Signing in by a code sent to the customer: the answer doesn't reveal whether the shop knows them.
  async function signIn(path, form) {
    const button = form.querySelector('[type="submit"]');
    button.disabled = true;
    const answer = await ask(path, Object.fromEntries(new FormData(form)));
    button.disabled = false;
    const error = $("sign-in-error");
    error.textContent = answer.status === 200 ? "" : messageOf(answer);
    if (answer.status !== 200) return;
    if (path === "sign-in") {
      $("sign-in-code").hidden = false;
      $("sign-in-code").elements.code.focus();
      return;
    }
    page.show(answer.body.cart);
    page.toast(error.dataset.done);
    await open(); // at the prices that hold now
  }

  addEventListener("submit", ({ target }) => {
    if (target.id === "place") order(target);
    else if (target.id === "sign-in-form") signIn("sign-in", target);
    else if (target.id === "sign-in-code") signIn("sign-in/code", target);
  });
  addEventListener("change", ({ target }) => {
    const { name, form } = target;
    if (name === "slot") form.dataset.slot = target.value;
    if (!["fulfilment", "tip"].includes(name)) return;
    if (name === "fulfilment") form.querySelector(".door").hidden = target.value !== "delivery";
    terms(form);
    if (name === "tip" && target.value === "own") form.elements.tip_sum.focus();
  });
  addEventListener("input", ({ target }) => {
    if (!["postal_code", "tip_sum"].includes(target.name)) return;
    clearTimeout(terms.timer);
    terms.timer = setTimeout(terms, TYPING_MS, target.form);
  });
  return { open, useCoupon };
}
