// A long dialog is read from its title on. A browser would put the focus on what can be pressed first, and scroll there:
// of an order with many goods, or of a product with many facts, nobody would see what it is.

export function showFromTop(dialog) {
  if (dialog.open) return; // it is drawn anew: whoever reads it stays where they were
  const title = dialog.querySelector("h2, .number");
  if (title) title.tabIndex = -1;
  title?.toggleAttribute("autofocus", true);
  dialog.showModal();
  dialog.scrollTop = 0;
}
