// The stock conversation on a phone: the user enters their PIN first.

import { begin, headers } from "./conversation.js";

const { register, lang } = document.body.dataset;
const dialog = document.getElementById("who-speaks");

const query = new URLSearchParams({ register, lang, surface: "panel" });
begin({ line: `/ws/chat?${query}`, may, keypad: signIn, asksToLeave: true });

// Asks the user to identify themselves, once.
async function may() {
  for (;;) {
    const answer = await ask("chat/sessions", {});
    if (!answer.status) throw new Error("nobody answers");
    if (answer.status !== 401 && answer.status !== 403) return answer.status === 200;
    if (!(await signIn())) return false;
  }
}

async function ask(path, request) {
  try {
    const answer = await fetch(`/api/v1/${path}`, { ...request, headers: headers({ Surface: "panel" }) });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0 };
  }
}

function signIn() {
  const form = dialog.querySelector("form");
  const wrong = form.querySelector(".error");
  dialog.showModal();
  form.elements.pin.focus();
  return new Promise((signed) => {
    dialog.oncancel = () => signed(false);
    form.querySelector("[data-close]").onclick = () => {
      dialog.close();
      signed(false);
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      const { pin, person, code } = form.elements;
      const body = JSON.stringify({ pin: pin.value, person: person?.value ?? "", code: code.value });
      form.ariaBusy = "true";
      const answer = await ask("grants", { method: "POST", body });
      form.ariaBusy = "false";
      if (answer.body?.refused?.code === "factor_code") code.hidden = false;
      else pin.value = "";
      wrong.textContent = answer.status === 200 ? "" : (answer.body?.refused ?? answer.body?.error)?.message ?? "…";
      if (answer.status !== 200) return;
      dialog.close();
      signed(true);
    };
  });
}
