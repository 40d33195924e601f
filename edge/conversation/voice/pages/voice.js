// A voice conversation: streams sound to the appliance and plays its spoken answer, which stops when the user speaks.

import { RATE_HZ, openMicrophone } from "./microphone.js";

// Opens the connection. `session()` is the conversation to continue, `told(message)` receives messages, `state(name)`
// is the microphone's state. Rejects with `why`: the microphone's reason, or "line" if the appliance takes no voice now.
export async function openVoice(query, session, { told, state }) {
  const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/voice?${new URLSearchParams(query)}`);
  line.binaryType = "arraybuffer";
  const player = new Player();
  const say = (message) => line.readyState === WebSocket.OPEN && line.send(JSON.stringify(message));
  line.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) return player.add(data);
    const message = JSON.parse(data);
    if (message.kind === "sound") player.rateHz = message.rate_hz;
    if (message.kind === "hush") player.stop();
    told(message);
  };
  await new Promise((open, fail) => {
    line.onopen = open;
    line.onclose = line.onerror = () => fail(Object.assign(new Error("line"), { why: "line" }));
  });
  say({ kind: "begin", rate_hz: RATE_HZ });
  let stopMicrophone = async () => {};
  const close = async () => {
    line.onclose = null;
    player.close();
    line.close();
    await stopMicrophone();
  };
  line.onclose = () => {
    close();
    told({ kind: "state", state: "off" });
  };
  const heard = (name) => {
    state(name);
    if (name === "gone" || name === "muted") say({ kind: "lost" });
  };
  try {
    stopMicrophone = await openMicrophone((samples) => line.readyState === WebSocket.OPEN && line.send(samples.buffer), heard);
  } catch (error) {
    await close();
    throw error;
  }
  return { say: (kind) => say({ kind, session: session() }), open: () => line.readyState === WebSocket.OPEN, close };
}

class Player {
  #context = new AudioContext();
  #playing = new Set();
  #until = 0;
  rateHz = RATE_HZ;

  add(data) {
    const samples = Float32Array.from(new Int16Array(data), (sample) => sample / 32768);
    const buffer = this.#context.createBuffer(1, samples.length, this.rateHz);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = () => this.#playing.delete(source);
    this.#until = Math.max(this.#until, this.#context.currentTime);
    source.start(this.#until);
    this.#until += buffer.duration;
    this.#playing.add(source);
  }

  stop() {
    for (const source of this.#playing) source.stop();
    this.#playing.clear();
    this.#until = 0;
  }

  close() {
    this.stop();
    this.#context.close();
  }
}
