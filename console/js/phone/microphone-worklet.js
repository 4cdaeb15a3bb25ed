// On the audio thread: the microphone at the device's rate in, frames of 20 ms at 16 kHz out.

import { Resampler } from "./resampler.js";

const RATE_HZ = 16_000;
const FRAME_SAMPLES = 320;

class MicrophoneFrames extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE_HZ);
    this.frame = new Int16Array(FRAME_SAMPLES);
    this.filled = 0;
    this.energy = 0;
  }

  process([input]) {
    // Without a source yet, or after it has ended, the line carries silence.
    const samples = input[0] ?? new Float32Array(128);
    for (const sample of this.resampler.push(samples)) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.frame[this.filled] = Math.round(clipped * 32_767);
      this.energy += clipped * clipped;
      this.filled += 1;
      if (this.filled === FRAME_SAMPLES) this.send();
    }
    return true;
  }

  send() {
    const level = Math.sqrt(this.energy / FRAME_SAMPLES);
    const bytes = littleEndian(this.frame);
    this.port.postMessage({ bytes, level }, [bytes]);
    this.filled = 0;
    this.energy = 0;
  }
}

function littleEndian(samples) {
  const bytes = new ArrayBuffer(samples.length * 2);
  const view = new DataView(bytes);
  samples.forEach((sample, index) => view.setInt16(index * 2, sample, true));
  return bytes;
}

registerProcessor("microphone-frames", MicrophoneFrames);
