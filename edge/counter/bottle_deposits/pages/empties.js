// Returned bottles in the till's dialog: each scan adds a line or one more piece, and the deposits are totalled.

import { plainMinor } from "./amounts.js";
import { sendGranted } from "./grants.js";
import { send } from "./outbox.js";
import { beep } from "./sound.js";

const list = () => document.getElementById("bottle-lines");
const pieces = (row) => Number(row.querySelector("[data-pieces]").value);
const rows = () => [...list().children];
const sum = () => rows().reduce((minor, row) => minor + Number(row.dataset.minor) * (pieces(row) || 0), 0);

function summed() {
  const output = list().closest("form").elements.sum;
  output.value = plainMinor(sum(), output);
}

async function more(code) {
  const known = rows().find((row) => row.dataset.code === code);
  if (known) known.querySelector("[data-pieces]").value = pieces(known) + 1;
  else {
    const { lang, register } = document.body.dataset;
    const answer = await fetch(`/fragments/empties-line?${new URLSearchParams({ code, lang, register })}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    const hint = document.getElementById("bottle-hint");
    hint.replaceChildren();
    if (html.includes("<li")) list().insertAdjacentHTML("beforeend", html); // rendered by our own server, escaped there
    else (hint.innerHTML = html), beep();
  }
  summed();
}

// A scanned or typed code goes into the list, and the field is cleared for the next.
export function prepare(form) {
  const { code } = form.elements;
  const take = () => {
    const text = code.value.trim();
    code.value = "";
    if (text) more(text);
  };
  code.addEventListener("input", (event) => event.isTrusted || take()); // a scanner's driver gives it whole
  code.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !code.value.trim()) return;
    event.preventDefault();
    take();
  });
  list().addEventListener("input", summed);
}

// The body of `TakeBottles`; null if nothing was scanned or a count is invalid.
export function asked(form) {
  const lines = rows().map((row) => ({ code: row.dataset.code, pieces: pieces(row) })).filter((line) => line.pieces !== 0);
  if (!lines.length || lines.some((line) => !Number.isInteger(line.pieces) || line.pieces < 0)) return null;
  return { lines, out: form.elements.out.value, expected_minor: sum() };
}

// Above the payout limit, someone who may override it has to enter their PIN.
export async function give(wanted) {
  const answer = await send("TakeBottles", wanted);
  return answer.body.refused?.code === "bottles_over" ? sendGranted("TakeBottles", wanted) : answer;
}
