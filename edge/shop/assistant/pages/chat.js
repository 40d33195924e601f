// The conversation about the stock on a phone: who speaks shows a PIN first.

import { begin, headers } from "./conversation.js";

const dialog = document.getElementById("who-speaks");

begin(async (path, request) => {
  for (;;) {
    const answer = await ask(path, request);
    if (answer.status !== 401 && answer.status !== 403) return answer;
    await signIn();
  }
});

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
    form.onsubmit = async (event) => {
      event.preventDefault();
      const { pin, person, code } = form.elements;
      const body = JSON.stringify({ pin: pin.value, person: person?.value ?? "", code: code.value });
      const answer = await ask("grants", { method: "POST", body });
      if (answer.body?.refused?.code === "factor_code") code.hidden = false;
      else pin.value = "";
      wrong.textContent = answer.status === 200 ? "" : (answer.body?.refused ?? answer.body?.error)?.message ?? "…";
      if (answer.status !== 200) return;
      dialog.close();
      signed();
    };
  });
}
