// The manager's questions: the answer, its confidence, and the rows behind each figure.

import { conversationId, openLine, turnId } from "./chat_line.js";
import { writeDate } from "./dates.js";
import "./dialogs.js";
import { askGranted } from "./grants.js";
import { listen } from "./push.js";
import { isolated, paragraphs } from "./sentences.js";

const room = document.getElementById("copilot");
const turns = document.getElementById("turns");
const options = document.getElementById("options");
const form = document.getElementById("say");
const wrong = document.getElementById("chat-error");
const heads = JSON.parse(room.dataset.heads); // what dimensions are called
const BARS = 31;
const EVERY_MS = 1000;
const pending = new Set();
let session = sessionStorage.getItem("copilot") ?? "";

const { register, lang } = document.body.dataset;
const line = openLine(`/ws/copilot?${new URLSearchParams({ register, lang, surface: "panel" })}`, {
  async may() {
    const answer = await askGranted("GET", "copilot/tools");
    return answer ? answer.status === 200 || null : false;
  },
  told({ kind, turn, call, answer, message, code }) {
    const bubble = turn && turns.querySelector(`[data-turn="${CSS.escape(turn)}"]`);
    if (kind === "tool") return bubble?.append(...(call.rows?.length ? [behind(call)] : []));
    if (kind === "done") return tell(answer, bubble);
    bubble?.remove();
    wrong.textContent = message || room.dataset.noAnswer;
    if (code === "no_chat") restart();
  },
  down: (is) => (wrong.textContent = is ? room.dataset.noAnswer : ""),
  resume: () => 0,
});

function send(query, option = "", label = "") {
  wrong.textContent = "";
  if (!session) sessionStorage.setItem("copilot", (session = conversationId()));
  const id = turnId();
  if (label || query) say("said", label || query);
  say("told", "…").dataset.turn = id;
  line.say({ id, session, query, option });
}

// Replaces the streamed parts with the complete answer.
function tell(answer, parts = null) {
  const turn = say("told", answer.message, answer.language || lang);
  parts?.replaceWith(turn);
  const sure = document.createElement("small");
  if (answer.sources.length) sure.textContent = room.dataset.sure.replace("{percent}", Math.round(answer.confidence * 100));
  const calls = answer.tool_calls.filter((call) => call.rows?.length);
  const pages = answer.tool_calls.flatMap(({ result }) => [[result?.opens, room.dataset.opens], [result?.before_opens, room.dataset.before]]);
  const opening = pages.filter(([address]) => address).flatMap(([address, label]) => [leading(address, label), " "]);
  turn.append(sure, ...calls.flatMap((call) => [...chart(call), behind(call)]), ...opening);
  if (answer.meaning?.show === "list") for (const rows of turn.querySelectorAll("details")) rows.open = true;
  options.replaceChildren(
    ...(answer.options ?? []).map((one) => {
      if (one.id.startsWith("open:/manager/")) return Object.assign(document.createElement("a"), { className: "button strong", href: one.id.slice(5), textContent: one.label });
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.option = one.id;
      button.append(one.icon ? `${one.icon} ` : "", isolated(one.label));
      return button;
    }),
  );
  turns.scrollTop = turns.scrollHeight;
  if (answer.run) pending[answer.tool_calls.length ? "delete" : "add"](answer.run);
}

// A what-if runs in the background; ask for its result here once it has finished.
async function follow() {
  for (const run of pending) {
    const answer = await askGranted("GET", `whatif/${run.split("/").map(encodeURIComponent).join("/")}`);
    const isUnderWay = !answer || (answer.status === 200 && ["waiting", "running"].includes(answer.body.state));
    if (!isUnderWay && session && pending.delete(run)) send("", `whatif:${run}`);
  }
  setTimeout(follow, EVERY_MS);
}

// Groups of figures as bars scaled to the largest one; the rows below show the same as a table.
function chart(call) {
  const groups = call.rows.filter((row) => row.shown !== undefined && row.value > 0).slice(0, BARS);
  if (groups.length < 2) return [];
  const bars = document.createElement("ul");
  bars.className = "bars";
  const most = Math.max(...groups.map((row) => row.value));
  for (const { value, shown, before, opens, ...names } of groups) {
    const bar = document.createElement("li");
    const name = document.createElement("span");
    name.append(leading(opens, isolated(Object.values(names).map(written).join(", "))));
    const length = Object.assign(document.createElement("meter"), { max: most, value, ariaHidden: "true" });
    const figure = document.createElement("b");
    figure.append(isolated(shown));
    bar.append(name, length, figure);
    bars.append(bar);
  }
  return [bars];
}

// The rows that a tool's figures are based on.
function behind(call) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = room.dataset.rows;
  const told = "shown" in call.rows[0]; // a figure as people write it: its bare number says nothing beside it
  const names = Object.keys(call.rows[0]).filter((name) => typeof call.rows[0][name] !== "object" && name !== "opens" && !(told && ["value", "before"].includes(name)));
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of names) head.append(Object.assign(document.createElement("th"), { textContent: name === "shown" ? "" : (heads[name] ?? name) }));
  for (const row of call.rows) {
    const line = table.insertRow();
    for (const name of names) line.insertCell().append(name === names[0] ? leading(row.opens, written(row[name] ?? "")) : written(row[name] ?? ""));
  }
  const frame = document.createElement("div");
  frame.className = "rows";
  frame.append(table);
  details.append(summary, frame);
  return details;
}

// A link to the page for a figure, or plain text if there is none.
function leading(address, content) {
  if (!address?.startsWith("/manager/")) return content;
  const link = document.createElement("a");
  link.href = `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams({ register })}`;
  link.append(content);
  return link;
}

// Writes dates in the local format and leaves everything else unchanged.
const written = (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? writeDate(value) : value);

// Questions appear as typed; answers in the direction of their language.
function say(kind, text, language = "auto") {
  document.getElementById("nothing")?.remove();
  const turn = document.createElement("li");
  turn.className = `turn ${kind}`;
  turn.append(...paragraphs(text, language));
  turns.append(turn);
  turns.scrollTop = turns.scrollHeight;
  return turn;
}

function restart() {
  session = "";
  sessionStorage.removeItem("copilot");
  pending.clear();
  options.replaceChildren();
}

async function remember() {
  if (!session) return;
  const answer = await askGranted("GET", `copilot/session/${session}/history`);
  if (answer?.status !== 200) return restart();
  for (const one of answer.body.messages) {
    if (one.role !== "user") tell(one.body);
    else if (one.text) say("said", one.text);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = form.elements.text.value.trim();
  form.elements.text.value = "";
  if (text) send(text);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && "example" in button.dataset) send(button.textContent);
  else if (button?.dataset.option) send("", button.dataset.option, button.textContent);
  else if (button?.id === "new") {
    restart();
    for (const turn of turns.querySelectorAll(".turn")) turn.remove();
  }
});
remember().then(follow);
listen(() => {});
