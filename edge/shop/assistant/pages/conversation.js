// A conversation: what was heard, what is asked, what was done. A turn is sent again under its id until it is answered.

import { mayListen } from "./microphone.js";
import { openVoice } from "./voice.js";

const TRIES_MS = [300, 1000, 2000, 4000, 8000];
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
let sending = false;

// Letters alone: no id shall look like the number of a card.
const id = () => Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => String.fromCharCode(97 + (byte % 26))).join("");
// A conversation's begins with the time, as the box's do: so that a turn that is sent again begins no other one.
const conversation = () => {
  const time = Date.now().toString(16).padStart(12, "0");
  const random = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return Array.from(time + random, (digit) => String.fromCharCode(97 + parseInt(digit, 16))).join("");
};
const seat = (() => {
  const kept = sessionStorage.getItem("seat") ?? id();
  sessionStorage.setItem("seat", kept);
  return kept;
})();
const wait = (ms) => new Promise((go) => setTimeout(go, ms));

// `ask(path, options)` fetches as whoever uses this page; an answer without a status: there was none. `heard` is told
// of each answer to what was spoken; `voice`: whether it may be.
export function begin(ask, { heard = () => {}, voice = true } = {}) {
  const send = async (text, option = "") => {
    if (sending) return;
    sending = true;
    wrong.textContent = "";
    const tapped = option && options.querySelector(`[data-option="${CSS.escape(option)}"]`)?.textContent;
    show("said", text || tapped);
    const began = session || conversation();
    const body = { text, option, question: option ? question : "", session: began, turn: id(), language: lang, seat, joins };
    const answer = await insist(ask, body);
    sending = false;
    if (answer?.status === 200 && joins && answer.body.session !== began) {
      session = answer.body.session; // it began elsewhere: all of it is shown
      for (const turn of turns.querySelectorAll(".turn")) turn.remove();
      await remember(ask);
      joins = false;
      return take(answer.body, false);
    }
    if (answer?.status === 200) joins = false;
    answered(answer);
  };

  const answered = (answer) => {
    if (answer?.status === 200) return take(answer.body);
    const told = answer?.body?.refused ?? answer?.body?.error;
    if (told) show("told", told.message);
    if (answer?.status === 409 || answer?.status === 404) restart();
    if (told?.code === "chat_elsewhere") joins = true;
  };

  const spoken = (answer) => {
    take(answer);
    heard();
  };
  if (voice) speakings(ask, { answered: spoken, said: (text) => show("said", text) });

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
      for (const turn of turns.querySelectorAll(".turn")) turn.remove();
    }
  });
  remember(ask);
}

// Two buttons to speak: one is held while somebody does, the other listens until nobody speaks any more. The light says
// what is done with what arrives.
function speakings(ask, { answered, said }) {
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
  // Nobody is listened to longer than the light is on: then the microphone is let go.
  const become = (name) => {
    shine(name);
    if (name !== "off") begun = true;
    else if (begun && !pressed) end();
  };
  const told = (message) => {
    if (message.kind === "state") become(message.state);
    else if (message.kind === "partial") partial.textContent = message.text;
    else if (message.kind === "heard") said(message.text);
    else if (message.kind === "answer") answered(message.answer);
    else if (message.kind === "error") wrong.textContent = message.message;
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
  // Opened by the first press, after whoever speaks has shown who they are.
  const opened = () => {
    voice ??= (async () => {
      wrong.textContent = "";
      const may = await ask("chat/sessions", {});
      if (may?.status !== 200) throw Object.assign(new Error("line"), { why: "line" });
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
  sessionStorage.removeItem(key);
  options.replaceChildren();
}

// Until there is an answer: the same turn moves nothing twice.
async function insist(ask, body) {
  for (const pause of [...TRIES_MS, 0]) {
    const answer = await ask("chat/message", { method: "POST", body: JSON.stringify(body) });
    if (answer?.status && answer.status !== 503) return answer;
    wrong.textContent = answer?.body?.refused?.message ?? room.dataset.noAnswer;
    if (pause) await wait(pause);
  }
  return null;
}

function take(answer, shows = true) {
  wrong.textContent = "";
  session = answer.session;
  sessionStorage.setItem(key, session);
  question = answer.question;
  if (shows) show("told", answer.text, answer);
  offer(answer.options);
  turns.scrollTop = turns.scrollHeight;
}

function offer(given) {
  options.replaceChildren(
    ...given.map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.option = one.id;
      button.append(one.icon ? `${one.icon} ` : "", isolated(one.label));
      return button;
    }),
  );
}

function show(kind, text, answer = null) {
  document.querySelector("#nothing.hint")?.remove();
  const turn = document.createElement("li");
  turn.className = `turn ${kind}`;
  for (const line of String(text).split("\n")) {
    const paragraph = document.createElement("p");
    paragraph.dir = answer ? (answer.language === "he" ? "rtl" : "ltr") : "auto";
    paragraph.append(...amounts(line));
    turn.append(paragraph);
  }
  if (answer) {
    turn.dataset.mark = answer.movements.length ? "done" : answer.question ? "waits" : answer.state === "cancelled" ? "notDone" : "";
    const mark = room.dataset[turn.dataset.mark];
    if (mark) turn.append(Object.assign(document.createElement("small"), { textContent: mark }));
  }
  turns.append(turn);
  turns.scrollTop = turns.scrollHeight;
}

// A hyphen behind a letter is none: Hebrew writes "to" and "by" so onto a number.
const AMOUNT = /((?<!\p{L})[-+]?\d+(?:[.,:/-]\d+)*(?:\s?%|\s(?:[A-Z]{3}|ml|mg|kg|g|l|m)(?![\p{L}\d]))?)/u;
// A sign stays in front of its number, its unit behind it, whichever way the sentence is written.
function amounts(line) {
  return line.split(AMOUNT).map((part, place) => (place % 2 ? isolated(part) : part));
}

function isolated(text) {
  const part = document.createElement("bdi");
  if (/^[-+]?\d/.test(text)) part.dir = "ltr";
  part.textContent = text;
  return part;
}

// What was said before this page was opened.
async function remember(ask) {
  if (!session) return;
  const answer = await ask(`chat/history?session=${session}&limit=20`, {});
  if (answer?.status !== 200) return restart();
  for (const turn of answer.body.turns.reverse()) {
    show("said", turn.heard || turn.option);
    show("told", turn.answer.text, turn.answer);
    question = turn.answer.question;
    offer(turn.answer.options);
  }
}

export const headers = (more) => ({ Register: register, "Accept-Language": lang, ...more });
