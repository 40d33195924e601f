// What is said while a button is held, as a WAV file: 16 bits, mono. Nothing of it is kept.

const RATE_HZ = 16_000;
const MOST_S = 30;

// Whether this page may ask for a microphone at all: over TLS, or on the appliance itself.
export const mayListen = () => isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia) && "AudioWorkletNode" in window;

// Begins to listen; `heard(seconds)` is called as sound arrives. Rejected where somebody refuses, or there is none.
export async function listen(heard) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
  const context = new AudioContext({ sampleRate: RATE_HZ });
  await context.audioWorklet.addModule("/static/microphone-worklet.js");
  const node = new AudioWorkletNode(context, "microphone");
  const chunks = [];
  let length = 0;
  node.port.onmessage = ({ data }) => {
    if (length >= MOST_S * RATE_HZ) return;
    chunks.push(data);
    length += data.length;
    heard(length / RATE_HZ);
  };
  context.createMediaStreamSource(stream).connect(node);
  return async () => {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
    return length ? wav(chunks, Math.min(length, MOST_S * RATE_HZ)) : null;
  };
}

function wav(chunks, length) {
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const text = (at, said) => [...said].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, 2 * RATE_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * length, true);
  let at = 0;
  for (const chunk of chunks) {
    for (const sample of chunk) {
      if (at >= length) break;
      view.setInt16(44 + 2 * at++, Math.max(-1, Math.min(1, sample)) * 32767, true);
    }
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}
