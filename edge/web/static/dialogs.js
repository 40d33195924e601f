// Native dialogs that ask the user, filled from templates that the server rendered.

// Opens a dialog. `act(form)` returns null to close it, or an error to keep it open; directly or as a promise.
// Resolves when the dialog is closed, for whatever reason.
export function open(id, act = () => null, prepare = () => {}) {
  const dialog = document.getElementById(id);
  const form = dialog.querySelector("form");
  if (dialog.open) return Promise.resolve();
  form.reset();
  fill(dialog);
  complain(form, "");
  prepare(dialog);
  let busy = false; // whoever presses Enter twice asks once
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.ariaBusy = "true"; // its strong button turns, until it is answered
    try {
      const wrong = await act(new FormData(form));
      if (wrong === null) dialog.close();
      else complain(form, wrong);
    } finally {
      busy = false;
      form.ariaBusy = "false";
    }
  };
  dialog.showModal();
  return new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
}

// Asks the user to confirm.
export const meant = (question) => say(question, true);

// Shows the user a message that has to be read before going on.
export const tell = (message) => say(message, false);

async function say(text, asks) {
  let yes = false;
  const accept = () => ((yes = true), null);
  await open("sure-dialog", accept, (dialog) => {
    dialog.querySelector(".subject").textContent = text;
    for (const part of dialog.querySelectorAll("h2, [type=submit]")) part.hidden = !asks;
    dialog.setAttribute("aria-labelledby", asks ? "sure-title" : "sure-subject");
  });
  return yes;
}

export function complain(form, text) {
  const line = form.querySelector(".error");
  if (!line) return;
  line.textContent = text;
  const input = form.querySelector("input");
  if (text && input) {
    input.focus();
    input.select();
  }
}

// Updates the amounts in an open dialog after fragments were swapped.
export const refresh = () => document.querySelectorAll("dialog[open]").forEach(fill);

export const anyOpen = () => document.querySelector("dialog[open]") !== null;

// Copies the server's templates (amounts in the page's language) into the places that name them.
function fill(dialog) {
  for (const place of dialog.querySelectorAll("[data-fill]")) {
    const source = document.getElementById(place.dataset.fill);
    if (source instanceof HTMLTemplateElement) place.replaceChildren(source.content.cloneNode(true));
  }
}

addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  const says = event.target.closest("[data-says]"); // a reason that is common, instead of its letters
  if (says) says.closest("form").elements.reason.value = says.textContent;
});
