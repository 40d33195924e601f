// A conversation's connection: resends a turn until it's answered, catches up on missed messages, and delivers each
// answer once. Opened by the first message, or when there is a conversation to resume.

const AGAIN_MS = [300, 1000, 2000, 4000, 8000];
const ANSWER_MS = 12_000; // longer than any answer may take: then the line is dead
const LET_IN_NO_MORE = 1008;

// Letters only, so that no ID looks like a card number.
export const turnId = () => Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => String.fromCharCode(97 + (byte % 26))).join("");
// Starts with the time, as IDs made by the box do. The page chooses it so that a resent turn doesn't start a second one.
export const conversationId = () => {
  const time = Date.now().toString(16).padStart(12, "0");
  const random = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return Array.from(time + random, (digit) => String.fromCharCode(97 + parseInt(digit, 16))).join("");
};

// `address`: the socket's address. `may()` asks the user to identify themselves if needed; false if they declined.
// `told(message)` receives each message once; `down(is)` says whether messages are waiting for a lost connection.
export function openLine(address, { may, told, down, resume }) {
  let socket = null;
  let opening = false;
  let fails = 0;
  const waiting = new Map();

  const send = (message) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  const open = async () => {
    if (opening || socket) return;
    opening = true;
    const allowed = await may().catch(() => null);
    opening = false;
    if (allowed === false) {
      for (const id of waiting.keys()) told({ kind: "error", turn: id, code: "not_shown", message: "" });
      return waiting.clear();
    }
    if (allowed === null) return again();
    const url = new URL(address, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const line = (socket = new WebSocket(url));
    line.onopen = () => {
      fails = 0;
      const goesOn = resume();
      if (goesOn) send({ kind: "resume", ...goesOn });
      for (const one of waiting.values()) put(one);
    };
    line.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      down(false);
      if (["ask", "done", "error"].includes(message.kind) && message.turn) answered(message.turn);
      told(message);
    };
    line.onclose = ({ code }) => {
      if (socket === line) socket = null;
      if (waiting.size || (code !== LET_IN_NO_MORE && resume())) again();
    };
  };
  const again = () => {
    down(waiting.size > 0);
    setTimeout(open, AGAIN_MS[Math.min(fails++, AGAIN_MS.length - 1)]);
  };
  const put = (one) => {
    clearTimeout(one.late);
    one.late = setTimeout(dead, ANSWER_MS);
    send(one.message);
  };
  const answered = (id) => {
    clearTimeout(waiting.get(id)?.late);
    waiting.delete(id);
  };
  const dead = () => {
    const line = socket;
    socket = null;
    line?.close();
    again();
  };
  return {
    // Whether any message is still unanswered.
    waits: () => waiting.size > 0,
    // Sends a turn; `message` includes its ID.
    say(message) {
      const one = { message, late: 0 };
      waiting.set(message.id, one);
      put(one);
      open();
    },
    goOn: () => send({ kind: "resume", ...resume() }),
    open,
  };
}
