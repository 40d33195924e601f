// Records a few seconds of sound as a WAV file (16 kHz, 16-bit, mono), and sends it.

import { openMicrophone, RATE_HZ } from "./microphone.js";

const HEAD_BYTES = 44;

// Rejects if there is no microphone.
export async function recorded(seconds) {
  const pieces = [];
  const close = await openMicrophone((samples) => pieces.push(samples), () => {});
  await new Promise((over) => setTimeout(over, seconds * 1000));
  await close();
  return wav(pieces);
}

export async function sendSound(path, sound) {
  const { register, lang, page } = document.body.dataset;
  const headers = { "Content-Type": "audio/wav", "Accept-Language": lang, Register: register };
  headers.Surface = page === "cashier" ? "cashier" : "panel";
  try {
    const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: sound });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

function wav(pieces) {
  const bytes = 2 * pieces.reduce((sum, piece) => sum + piece.length, 0);
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  const word = (at, text) => [...text].forEach((letter, index) => head.setUint8(at + index, letter.charCodeAt(0)));
  word(0, "RIFF");
  head.setUint32(4, HEAD_BYTES - 8 + bytes, true);
  word(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, RATE_HZ, true);
  head.setUint32(28, 2 * RATE_HZ, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  word(36, "data");
  head.setUint32(40, bytes, true);
  return new Blob([head.buffer, ...pieces], { type: "audio/wav" });
}
