// Buttons for the next free time slots, when the requested one is full or has no delivery.

export function offerSlots(error, refused, lang, choose) {
  const place = error.parentElement;
  place.querySelector(".free-slots")?.remove();
  const times = Object.entries(refused?.values ?? {}).filter(([name]) => /^next\d_us$/.test(name)).map(([, from_us]) => from_us);
  if (!times.length) return;
  const moment = new Intl.DateTimeFormat(document.body.dataset.dates || lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: document.body.dataset.zone });
  const row = Object.assign(document.createElement("p"), { className: "free-slots" });
  for (const from_us of times) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: moment.format(from_us / 1000) });
    button.addEventListener("click", () => {
      row.remove();
      choose(from_us);
    });
    row.append(button);
  }
  error.after(row);
}

// Keeps the chosen time slot after the list is reloaded. If it's gone, say so and require another choice, rather than
// silently falling back to "as soon as possible".
export function keepSlot(slot, wanted) {
  if (!wanted) return;
  slot.value = wanted;
  const gone = slot.value !== wanted;
  slot.setCustomValidity(gone ? slot.dataset.gone : "");
  if (gone) slot.addEventListener("change", () => slot.setCustomValidity(""), { once: true });
}
