// Empty bottles in the till's dialog: each code that is scanned is a line or one more piece of it, and their deposits a sum.

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

// What is scanned or typed goes into the list, and the field is free for the next.
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

// What `TakeBottles` is asked; null: nothing was scanned, or pieces are no number.
export function asked(form) {
  const lines = rows().map((row) => ({ code: row.dataset.code, pieces: pieces(row) })).filter((line) => line.pieces !== 0);
  if (!lines.length || lines.some((line) => !Number.isInteger(line.pieces) || line.pieces < 0)) return null;
  return { lines, out: form.elements.out.value, expected_minor: sum() };
}

// What is more than one gives alone is given by somebody's PIN.
export async function give(wanted) {
  const answer = await send("TakeBottles", wanted);
  return answer.body.refused?.code === "bottles_over" ? sendGranted("TakeBottles", wanted) : answer;
}
