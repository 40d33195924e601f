// Questions the till asks before it adds a product. The server closes a question by removing its dialog.

import { parseMinor, parseQuantity } from "./amounts.js";
import { complain } from "./dialogs.js";
import { beep } from "./sound.js";
import { chosenIn, minded, settlesAtOnce } from "./modifier_choice.js";
import * as scale from "./scale.js";
import { sendSure, settled } from "./sure.js";
import { wrongAmount, wrongQuantity } from "./wrongs.js";

// After an update: show the open question.
export function show(find, addCode) {
  const dialog = document.querySelector("#question dialog");
  if (!dialog || dialog.open) return scale.mirror(dialog);
  if (scale.answers(dialog, () => show(find, addCode))) return; // what lies on it is about to be taken
  scale.mirror(dialog);
  const form = dialog.querySelector("form");
  form.addEventListener("input", () => scale.tellWorth(dialog));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(dialog, form);
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    drop(dialog);
  });
  dialog.querySelector('[data-answer="no"]')?.addEventListener("click", () => drop(dialog));
  dialog.querySelector('[data-answer="without"]')?.addEventListener("click", () => reply(dialog, { yes: false, id_failed: true }));
  const search = async () => {
    await drop(dialog);
    find(nameIn(dialog));
  };
  dialog.querySelector('[data-answer="find"]')?.addEventListener("click", search);
  dialog.querySelector('[data-answer="add"]')?.addEventListener("click", async () => {
    await drop(dialog);
    addCode(dialog.querySelector(".code").textContent);
  });
  minded(form, () => settlesAtOnce(form) && answer(dialog, form));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "F6" && dialog.dataset.kind === "unknown") {
      event.preventDefault();
      event.stopPropagation();
      search();
    }
  });
  dialog.showModal();
  beep(); // whoever scans looks at the goods: it is no line yet
}

// The text typed as a code, if it could be a name.
function nameIn(dialog) {
  const text = dialog.querySelector(".code").textContent;
  return /\p{L}{2}/u.test(text) ? text : "";
}

function answer(dialog, form) {
  const { kind } = dialog.dataset;
  if (kind === "unknown") return drop(dialog);
  const typed = form.elements.value?.value ?? "";
  if (!typed.trim() && "orScale" in (form.elements.value?.dataset ?? {})) return weigh(dialog);
  const fields = { modifiers: { modifiers: chosenIn(form) }, age: {}, expired: {}, label_price: {}, tax_changed: {}, price: { price_minor: parseMinor(typed) }, measure: { quantity: parseQuantity(typed) } }[kind];
  if (Object.values(fields).includes(null) || fields.quantity === 0) {
    complain(form, kind === "price" ? wrongAmount(typed) : wrongQuantity());
    return beep();
  }
  return reply(dialog, { yes: true, ...fields });
}

// Answers with the weight on the scale.
async function weigh(dialog) {
  if (dialog.dataset.sent) return;
  dialog.dataset.sent = "true";
  const wrong = await scale.weigh(Number(dialog.dataset.question));
  delete dialog.dataset.sent;
  if (wrong !== null && dialog.isConnected) {
    complain(dialog.querySelector("form"), wrong);
    beep();
  }
}

const drop = (dialog) => reply(dialog, { yes: false });

// One answer at a time; after a refusal the cashier may answer again.
async function reply(dialog, fields) {
  if (dialog.dataset.sent) return;
  dialog.dataset.sent = "true";
  const wrong = settled(await sendSure("AnswerQuestion", { question: Number(dialog.dataset.question), ...fields }));
  if (wrong !== null && dialog.isConnected) {
    delete dialog.dataset.sent;
    complain(dialog.querySelector("form"), wrong);
  }
}
