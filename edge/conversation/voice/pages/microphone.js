// The browser's microphone, as samples of 16 bits; and why there is none. Nothing of it is kept.

export const RATE_HZ = 16_000;
const DEAD_MS = 5000;

// Whether this page may ask for a microphone at all: over TLS, or on the appliance itself.
export const mayListen = () => isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia) && "AudioWorkletNode" in window;

const WHY = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none" };

// Begins to listen. `frame(samples)` gets sound as it arrives, `state(name)` says muted, silent, sounding or gone.
// Rejected with `why`: insecure, refused, none or tap.
export async function openMicrophone(frame, state) {
  if (!mayListen()) throw fault("insecure");
  const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio }).catch((error) => {
    throw fault(WHY[error.name] ?? "none");
  });
  const context = new AudioContext({ sampleRate: RATE_HZ });
  const close = async () => {
    clearInterval(watching);
    for (const track of stream.getTracks()) track.stop();
    await context.close();
  };
  let sounded = performance.now();
  let shown = "";
  const become = (name) => {
    if (name !== shown) state((shown = name));
  };
  const [track] = stream.getAudioTracks();
  track.onended = () => become("gone");
  track.onmute = () => become("muted");
  const watching = setInterval(() => {
    if (!track.muted && performance.now() - sounded > DEAD_MS) become("silent");
  }, 1000);
  if (context.state === "suspended") await Promise.race([context.resume(), new Promise((go) => setTimeout(go, 500))]);
  if (context.state === "suspended") {
    await close();
    throw fault("tap");
  }
  await context.audioWorklet.addModule("/static/microphone-worklet.js");
  const node = new AudioWorkletNode(context, "microphone");
  node.port.onmessage = ({ data }) => {
    if (data.some((sample) => sample !== 0)) {
      sounded = performance.now();
      become("sounding");
    }
    frame(data);
  };
  context.createMediaStreamSource(stream).connect(node);
  return close;
}

const fault = (why) => Object.assign(new Error(why), { why });
