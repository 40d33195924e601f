// What a till is heard by: two short low tones where something was refused, a bell where somebody is called. Browsers allow sound once somebody touched the page or a key.

let audio = null;
let beeped = 0;

const unlock = () => {
  audio ??= new AudioContext();
  audio.resume();
};
addEventListener("keydown", unlock);
addEventListener("pointerdown", unlock);

export const beep = () => sound("square", 220, [0, 0.16], 0.12);

// A bell: somebody is called.
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
