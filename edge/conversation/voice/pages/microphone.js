// The browser's microphone as 16-bit samples, or the reason it isn't available. No sound is stored.

export const RATE_HZ = 16_000;
const DEAD_MS = 5000;

// Whether this page may use a microphone: browsers only allow it over TLS or on the appliance itself.
export const mayListen = () => isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia) && "AudioWorkletNode" in window;

const WHY = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none" };

// Starts listening. `frame(samples)` receives the sound, `state(name)` is "muted", "silent", "sounding" or "gone".
// Rejects with `why`: "insecure", "refused", "none", or "tap" if the browser needs a user gesture first.
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
