// Runs on the audio thread: passes microphone sound on as 16-bit samples, in frames of 40 ms.

class Microphone extends AudioWorkletProcessor {
  #samples = new Int16Array(sampleRate / 25);
  #length = 0;

  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.#samples[this.#length++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.#length < this.#samples.length) continue;
      this.port.postMessage(this.#samples.slice());
      this.#length = 0;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
