// Questions in words about all stores, answered from head office's tables: how it was understood, the total, and its rows.

import { ask, byId, count, isoDate, state, t } from "./common.js";
import { runningDay } from "./morning.js";

const KEPT = 10;
const EXAMPLES = ["ask_example_1", "ask_example_2", "ask_example_3"];
const given = []; // the newest first
let meaning = ""; // what the last one was about, so that "and last week?" is a question
let today = "";
let asked = 0;

function paragraph(text, kind = "") {
  const made = document.createElement("p");
  made.className = kind;
  made.dir = "auto";
  made.textContent = text;
  return made;
}

function tableOf({ columns, rows }, label) {
  const compared = rows.some((row) => row.before);
  const drawn = document.createElement("table");
  const head = drawn.createTHead().insertRow();
  for (const [at, title] of [...columns, t("ask_value"), ...(compared ? [t("ask_before")] : [])].entries()) {
    const made = document.createElement("th");
    made.scope = "col";
    made.className = at < columns.length ? "" : "number";
    made.textContent = title.charAt(0).toLocaleUpperCase(state.lang) + title.slice(1);
    head.append(made);
  }
  const body = drawn.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const [at, value] of [...row.of, row.value, ...(compared ? [row.before] : [])].entries()) {
      const made = line.insertCell();
      made.className = at < columns.length ? "" : "number";
      const inner = document.createElement("bdi");
      inner.textContent = value;
      made.append(inner);
    }
  }
  const place = document.createElement("div");
  place.className = "scroll wide";
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", label);
  place.append(drawn);
  return place;
}

function draw() {
  byId("ask-answers").replaceChildren(...given.flatMap(({ question, answers, number }) => [
    paragraph(question, "asked"),
    ...answers.flatMap((answer, at) => [
      ...(answer.understood ? [paragraph(answer.understood, "hint")] : []),
      ...answer.lines.map((line) => paragraph(line, "told")),
      ...(answer.rows.length ? [tableOf(answer, `${question} (${number}.${at + 1})`)] : []),
      ...(answer.more ? [paragraph(t("ask_more", { count: count(answer.rows.length) }), "hint")] : []),
    ]),
  ]));
}

export async function questions(isNewest) {
  const day = today || (await runningDay());
  if (!isNewest()) return;
  today = day;
  byId("ask-examples").replaceChildren(...EXAMPLES.map((key) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "chip";
    made.textContent = t(key);
    made.addEventListener("click", () => {
      const form = byId("question");
      form.question.value = t(key);
      form.requestSubmit();
    });
    return made;
  }));
  draw();
}

// Asks the question in the form.
export async function askAgain(form) {
  const question = form.question.value.trim();
  if (!question) return;
  const found = await ask("/v1/questions", { question, today: today || isoDate(new Date()), language: state.lang, before: meaning, ...state.scope });
  meaning = found.meaning;
  asked += 1;
  given.unshift({ question, answers: found.answers, number: asked });
  given.length = Math.min(given.length, KEPT);
  form.reset();
  draw();
}
