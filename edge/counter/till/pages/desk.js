// What the side of the till shows: tiles or recent sales; on a phone, the basket, tiles or sales.

const till = document.getElementById("till");

export const showing = () => till.dataset.showing;

export function show(part) {
  till.dataset.showing = part;
  for (const button of document.querySelectorAll("[data-desk]")) button.setAttribute("aria-pressed", String(button.dataset.desk === part));
}

addEventListener("click", (event) => {
  const part = event.target.closest("[data-desk]")?.dataset.desk;
  if (part) show(showing() === part ? "basket" : part);
});
