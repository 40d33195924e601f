// A till's sounds: two short low tones for a refusal, a bell for a call. Browsers allow sound after the first touch or key.

let audio = null;
let beeped = 0;

const unlock = () => {
  audio ??= new AudioContext();
  audio.resume();
};
addEventListener("keydown", unlock);
addEventListener("pointerdown", unlock);

export const beep = () => sound("square", 220, [0, 0.16], 0.12);

// A bell: someone is being called.
export const ring = () => sound("sine", 880, [0, 0.25, 0.5], 0.3);

function sound(type, hertz, starts, loud) {
  if (!audio || performance.now() - beeped < 300) return;
  beeped = performance.now();
  for (const start of starts) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = type;
    tone.frequency.value = hertz;
    volume.gain.value = loud;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.1);
  }
}
