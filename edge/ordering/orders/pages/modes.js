// Accessibility modes for kiosk and phone: low controls, large text, contrast, read aloud. Remembered across pages in this
// tab, and forgotten with the customer.

const MODES = ["low", "large", "contrast", "spoken"];
const KEPT = "modes";
const button = (mode) => document.querySelector(`[data-mode="${mode}"]`);
const isOn = (mode) => document.body.classList.contains(mode);

function set(mode, on) {
  document.body.classList.toggle(mode, on);
  button(mode)?.setAttribute("aria-pressed", String(on));
}

export function switchMode(mode) {
  set(mode, !isOn(mode));
  sessionStorage.setItem(KEPT, MODES.filter(isOn).join(" "));
}

// The next customer shouldn't have to undo the modes of the last one.
export function forgetModes() {
  for (const mode of MODES) set(mode, false);
  sessionStorage.removeItem(KEPT);
}

export function recallModes() {
  for (const mode of (sessionStorage.getItem(KEPT) ?? "").split(" ").filter(Boolean)) set(mode, true);
}

// Reads text aloud, in a voice of this device for the page's language.
export function say(text) {
  if (!text || !isOn("spoken")) return;
  const spoken = new SpeechSynthesisUtterance(text.replace(/\s+/g, " "));
  spoken.lang = document.documentElement.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(spoken);
}

addEventListener("focusin", ({ target }) => {
  const label = target.labels?.[0]; // of a choice its text alone, not all that may be chosen
  say(target.getAttribute("aria-label") ?? (label ? label.firstChild.textContent.trim() || label.innerText : target.innerText));
});

function offerVoices() {
  const { lang } = document.documentElement;
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  if (button("spoken")) button("spoken").hidden = !voices.some((voice) => voice.lang.startsWith(lang));
}
globalThis.speechSynthesis?.addEventListener("voiceschanged", offerVoices);
offerVoices();
