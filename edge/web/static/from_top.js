// A long dialog is read from its title on. A browser would focus the first control and scroll there, so that
// an order with many lines, or a product with many details, would open without showing what it is.

export function showFromTop(dialog) {
  const title = dialog.querySelector("h2, .number");
  if (title) {
    title.id ||= `${dialog.id}-title`;
    dialog.setAttribute("aria-labelledby", title.id);
  }
  if (dialog.open) return; // it is drawn anew: whoever reads it stays where they were
  if (title) title.tabIndex = -1;
  title?.toggleAttribute("autofocus", true);
  dialog.showModal();
  dialog.scrollTop = 0;
}
