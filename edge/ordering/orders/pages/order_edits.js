// What customers may change on their order, on its page and at the kiosk: each change is a request, after which the
// order is shown again. If a change alters the total, the customer is asked first.

import { parseMinor } from "./amounts.js";
import { offerSlots } from "./free_slots.js";

export function orderEdits(path, lang, sure, changed) {
  const error = () => document.getElementById("order-error");

  async function send(what, body) {
    const answer = await fetch(`${path}/${what}?lang=${lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    const refused = answer.ok ? null : (said.refused ?? said.error);
    error().textContent = refused?.message ?? "";
    return { ok: answer.ok, said, refused };
  }

  async function edit(what, wanted) {
    const { ok, refused } = await send(what, wanted);
    if (ok) return changed(what);
    offerSlots(error(), refused, lang, (slot_from_us) => edit(what, { ...wanted, slot_from_us }));
    if (refused?.code !== "price_changed" || !(await sure(refused.message))) return;
    await edit(what, { ...wanted, accepted_total_minor: refused.values.is_minor });
  }

  async function cancel(question) {
    if ((await sure(question)) && (await send("cancel", {})).ok) changed("cancel");
  }

  function setTip(input) {
    const tip_minor = input.value.trim() ? parseMinor(input.value) : 0;
    if (tip_minor !== null) return edit("tip", { tip_minor });
    error().textContent = input.dataset.wrong;
    input.focus();
  }

  async function review(form) {
    const { rating, text } = Object.fromEntries(new FormData(form));
    if ((await send("review", { sku: form.dataset.sku, rating: Number(rating), text })).ok) changed("review");
  }

  function click(target) {
    const { slot, willDo, out, reviewBack } = target.dataset;
    const line = Number(target.closest("[data-line]")?.dataset.line);
    if (out !== undefined) edit("less", { lines: [{ line, quantity: Number(out) }] });
    else if (willDo) send("substitute", { line, yes: willDo === "yes" }).then(({ ok }) => ok && changed("substitute"));
    else if (reviewBack) send("review-back", { review: reviewBack }).then(({ ok }) => ok && changed("review"));
    else if (slot) edit("slot", { slot_from_us: Number(slot) });
    else if (target.id === "more") edit("more", {});
    else if (target.id === "cancel") cancel(target.dataset.sure);
  }

  function submit(form) {
    if (form.classList.contains("review")) review(form);
    if (form.id === "tip") setTip(form.elements.tip);
    if (form.id === "address") edit("address", Object.fromEntries(new FormData(form)));
  }

  return { send, click, submit };
}
