// Two short low tones: something was refused. Browsers allow sound once somebody touched the page or a key.

let audio = null;
let beeped = 0;

const unlock = () => {
  audio ??= new AudioContext();
  audio.resume();
};
addEventListener("keydown", unlock);
addEventListener("pointerdown", unlock);

export function beep() {
  if (!audio || performance.now() - beeped < 300) return;
  beeped = performance.now();
  for (const start of [0, 0.16]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "square";
    tone.frequency.value = 220;
    volume.gain.value = 0.12;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.1);
  }
}
