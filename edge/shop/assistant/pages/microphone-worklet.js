// In the thread of the sound: hands on what the microphone brings, a tenth of a second at a time.

class Microphone extends AudioWorkletProcessor {
  #samples = new Float32Array(sampleRate / 10);
  #length = 0;

  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.#samples[this.#length++] = sample;
      if (this.#length < this.#samples.length) continue;
      this.port.postMessage(this.#samples.slice());
      this.#length = 0;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
