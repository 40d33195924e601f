// A conversation: what the user said, questions and results, shown sentence by sentence as they arrive.

import { conversationId, openLine, turnId } from "./chat_line.js";
import { mayListen } from "./microphone.js";
import { isolated, paragraphs } from "./sentences.js";
import { openVoice } from "./voice.js";

const { register, lang } = document.body.dataset;
const room = document.getElementById("conversation");
const turns = document.getElementById("turns");
const options = document.getElementById("options");
const form = document.getElementById("say");
const wrong = document.getElementById("chat-error");
const key = `chat-${room.dataset.agent}`;

let session = sessionStorage.getItem(key) ?? "";
let joins = !session; // what this person talked about elsewhere goes on here, until they begin anew
let question = "";
let epoch = 0;
let seen = 0; // the number of the last answer that is shown
let aloud = null; // what was heard, until its answer says which turn that was

const seat = (() => {
  const kept = sessionStorage.getItem("seat") ?? turnId();
  sessionStorage.setItem("seat", kept);
  return kept;
})();

// `line`: the socket's address. `may()`: whether the user has identified themselves; it rejects if the appliance is away.
// `heard` is called with each answer. `voice`: offer speech. `keypad()`: the user spoke their PIN; let them type it instead.
// `asksToLeave`: the browser warns before leaving unanswered messages; on a kiosk no one could answer that.
export function begin({ line, may, heard = () => {}, voice = true, keypad = () => {}, asksToLeave = false }) {
  const told = (message) => {
    if (message.kind === "resumed") return resumed(message);
    if (message.kind === "error") return refused(message);
    if (message.turn && message.kind === "tool") return bubble("told", message.turn).setAttribute("data-tool", message.text);
    if (message.kind === "token") return streamed(message);
    if (message.kind === "taken") return waits(message.turn, true);
    if (!message.answer) return message.stopped ? notDone(message.turn) : undefined;
    if (message.answer.session !== session) {
      keep(message.answer.session); // it began elsewhere, and goes on here: all of it is shown
      joins = false;
      clear();
      return open.goOn();
    }
    epoch = message.epoch;
    take(message.answer, message.n);
    return heard(message.answer);
  };
  const resume = () => session && { session, seat, epoch, after: epoch ? seen : 0 };
  const down = (is) => (wrong.textContent = is ? room.dataset.noAnswer : "");
  const open = openLine(line, { may, told, down, resume });

  const send = (text, option = "") => {
    wrong.textContent = "";
    const turn = turnId();
    const tapped = option && options.querySelector(`[data-option="${CSS.escape(option)}"]`)?.textContent;
    show("said", text || tapped, turn);
    const said = { kind: option ? "option" : "say", text: option || text, question: option ? question : "" };
    if (!session) keep(conversationId());
    open.say({ ...said, id: turn, session, lang, seat, joins });
  };

  // Unsent messages live in this page only, so a reload mustn't lose them silently.
  if (asksToLeave) addEventListener("beforeunload", (event) => open.waits() && event.preventDefault());

  if (voice) speakings(may, { answered: (answer) => (take(answer), heard(answer)), said: (text) => (aloud = show("said", text)).classList.add("heard"), keypad });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    form.elements.text.value = "";
    if (text) send(text);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.option?.startsWith("say:")) send(button.dataset.option.slice(4));
    else if (button?.dataset.option) send("", button.dataset.option);
    else if (button?.dataset.say) send(button.dataset.say);
    else if (button?.dataset.begin) {
      form.elements.text.value = button.dataset.begin;
      form.elements.text.focus();
    } else if (button?.id === "new") {
      restart();
      joins = false;
      clear();
    }
  });
  document.getElementById("ear")?.addEventListener("click", async ({ currentTarget }) => {
    if (!(await may().catch(() => false))) return;
    const asked = { method: "POST", headers: headers({ Surface: currentTarget.dataset.surface }) };
    const answer = await fetch("/api/v1/chat/listen", asked).catch(() => null);
    const said = answer?.ok ? null : await answer?.json().catch(() => null);
    wrong.textContent = answer?.ok ? "" : (said?.error?.message ?? room.dataset.noAnswer);
  });
  if (session) open.open();
}

// Two ways to speak: hold a button to talk, or press once and it listens until the user stops.
// The light shows what happens to the sound.
function speakings(may, { answered, said, keypad }) {
  const hold = document.getElementById("speak");
  const hands = document.getElementById("listen");
  const light = document.getElementById("voice-light");
  const partial = document.getElementById("voice-partial");
  const word = (name) => light.getAttribute(`data-word-${name}`) ?? "";
  let voice = null;
  hold.hidden = hands.hidden = !mayListen();

  const shine = (name) => {
    light.dataset.light = name;
    light.textContent = word(name);
    hold.setAttribute("aria-pressed", String(name === "hearing"));
    hands.setAttribute("aria-pressed", String(["listening", "hearing", "thinking", "speaking"].includes(name)));
    if (name !== "hearing") partial.textContent = "";
  };
  let pressed = false;
  let begun = false;
  // Never listen longer than the light is on: release the microphone when it goes off.
  const become = (name) => {
    shine(name);
    if (name !== "off") begun = true;
    else if (begun && !pressed) end();
  };
  const told = (message) => {
    if (message.kind === "state") become(message.state);
    else if (message.kind === "recording") document.getElementById("recorded").hidden = !message.text;
    else if (message.kind === "partial") partial.textContent = message.text;
    else if (message.kind === "heard") said(message.text);
    else if (message.kind === "answer") answered(message.answer);
    else if (message.kind === "error") {
      wrong.textContent = message.message;
      if (message.code === "pin_aloud") keypad();
    }
  };
  const state = (name) => {
    wrong.textContent = name === "sounding" ? "" : word(name);
    if (name === "gone") end();
  };
  const end = async () => {
    const ended = await voice?.catch(() => null);
    voice = null;
    begun = false;
    await ended?.close();
    shine("off");
  };
  // Opened by the first press, once the user has identified themselves.
  const opened = () => {
    voice ??= (async () => {
      wrong.textContent = "";
      if (!(await may().catch(() => false))) throw Object.assign(new Error("line"), { why: "line" });
      return openVoice({ register, lang }, () => session, { told, state });
    })();
    return voice.then(
      (open) => {
        if (open.open()) return open;
        voice = null;
        return opened();
      },
      (error) => {
        voice = null;
        wrong.textContent = word(error.why) || word("none");
        return null;
      },
    );
  };
  hold.addEventListener("pointerdown", async () => {
    pressed = true;
    const open = await opened();
    if (pressed) open?.say("hold");
    else if (!begun) await end();
  });
  const release = async () => {
    if (!pressed) return;
    pressed = false;
    (await voice)?.say("release");
  };
  for (const name of ["pointerup", "pointerleave", "pointercancel"]) hold.addEventListener(name, () => release().catch(() => {}));
  hands.addEventListener("click", async () => {
    if (hands.getAttribute("aria-pressed") === "true") return (await voice)?.say("stop");
    return (await opened())?.say("listen");
  });
  addEventListener("pagehide", () => end());
}

function restart() {
  session = question = "";
  epoch = seen = 0;
  sessionStorage.removeItem(key);
  options.replaceChildren();
}

function keep(name) {
  session = name;
  epoch = seen = 0;
  sessionStorage.setItem(key, name);
}

function clear() {
  for (const turn of turns.querySelectorAll(".turn")) turn.remove();
}

// Missed messages follow; if the server's epoch has changed, they replace everything shown.
function resumed(message) {
  session = message.session;
  epoch = message.epoch;
  if (message.whole) clear();
  if (message.whole) seen = 0;
}

function refused(message) {
  const over = ["question_over", "chat_elsewhere", "no_chat"].includes(message.code);
  const gone = message.code === "no_chat" && !message.turn; // with whoever had it: nothing is there to be said of it
  if (gone || message.code === "chat_elsewhere") clear();
  waits(message.turn, false);
  if (message.message && !gone) bubble("told", message.turn || "refused").replaceChildren(...lines(message.message));
  if (over) restart();
  if (message.code === "chat_elsewhere") joins = true;
}

// One sentence of an answer that is still being streamed.
function streamed(message) {
  if (message.n <= seen) return;
  const turn = bubble("told", message.turn);
  const known = turn.querySelectorAll("p").length;
  if (message.part > known) turn.append(...lines(message.text));
  turns.scrollTop = turns.scrollHeight;
}

// Shows an answer once; `n` is its sequence number.
function take(answer, n = 0) {
  wrong.textContent = "";
  if (n && n <= seen) return;
  seen = Math.max(seen, n);
  if (answer.session !== session) keep(answer.session);
  joins = false;
  question = answer.question ?? "";
  if (!byTurn("said", answer.turn)) {
    const spoken = aloud?.isConnected && aloud.textContent === answer.heard ? aloud : show("said", answer.heard ?? "");
    spoken.classList.remove("heard"); // what is not answered stays small
    if (answer.turn) spoken.dataset.turn = answer.turn;
  }
  aloud = null;
  waits(answer.turn, false);
  const turn = bubble("told", answer.turn);
  turn.replaceChildren(...lines(answer.text, answer.language));
  turn.dataset.mark = answer.movements?.length ? "done" : answer.question ? "waits" : answer.state === "cancelled" ? "notDone" : "";
  const mark = room.dataset[turn.dataset.mark];
  if (mark) turn.append(Object.assign(document.createElement("small"), { textContent: mark }));
  offer(answer.options ?? []);
  turns.scrollTop = turns.scrollHeight;
}

function offer(given) {
  options.replaceChildren(
    ...given.map((one) => {
      if (one.id.startsWith("open:/manager/")) return link(one);
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.option = one.id;
      button.append(one.icon ? `${one.icon} ` : "", isolated(one.label));
      return button;
    }),
  );
}

// A button that links to a page with a form.
const link = ({ id, label, icon }) => {
  const made = Object.assign(document.createElement("a"), { className: "button", href: id.slice(5) });
  made.append(icon ? `${icon} ` : "", isolated(label));
  return made;
};

const byTurn = (kind, turn) => turn && turns.querySelector(`.turn.${kind}[data-turn="${CSS.escape(turn)}"]`);

// The bubble of a turn, created if it doesn't exist yet.
const bubble = (kind, turn) => byTurn(kind, turn) || show(kind, "", turn);

// Marks a message as queued behind an earlier one that has no answer yet.
const waits = (turn, is) => byTurn("said", turn)?.classList.toggle("waiting", is);

// Marks a message as cancelled before it took effect, so that no one believes it was entered.
function notDone(turn) {
  byTurn("told", turn)?.remove();
  const said = byTurn("said", turn);
  if (!said || said.dataset.mark) return;
  said.classList.remove("waiting");
  said.dataset.mark = "notDone";
  said.append(Object.assign(document.createElement("small"), { textContent: room.dataset.notDone }));
}

const lines = (text, language = lang) => paragraphs(text, language);

function show(kind, text, turn = "") {
  document.querySelector("#nothing.hint")?.remove();
  const made = document.createElement("li");
  made.className = `turn ${kind}`;
  if (turn) made.dataset.turn = turn;
  if (text) made.append(...lines(text, kind === "said" ? "auto" : lang));
  turns.append(made);
  turns.scrollTop = turns.scrollHeight;
  return made;
}

export const headers = (more) => ({ Register: register, "Accept-Language": lang, "Content-Type": "application/json", ...more });
