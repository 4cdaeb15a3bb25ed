// On the audio thread: the agent's samples wait in a ring, `clear` empties it, a mark is echoed when it is reached.

import { Resampler } from "./resampler.js";

const RATE_HZ = 16_000;

/** Sixteen seconds. The server stays within two seconds; beyond the ring, new audio is dropped. */
const RING_SAMPLES = 262_144;

/** Taken from the ring at a time: 2 ms. */
const STEP_SAMPLES = 32;

/** The level is told this often: about 20 ms. */
const LEVEL_BLOCKS = 8;

class SpeakerRing extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(RING_SAMPLES);
    this.written = 0;
    this.read = 0;
    this.marks = [];
    this.resampler = new Resampler(RATE_HZ, sampleRate);
    this.ready = [];
    this.energy = 0;
    this.blocks = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(message) {
    if (message.bytes) this.write(message.bytes);
    else if (message.mark !== undefined) this.marks.push({ at: this.written, name: message.mark });
    else if (message.clear) this.clear();
  }

  write(bytes) {
    const view = new DataView(bytes);
    const count = Math.min(Math.floor(bytes.byteLength / 2), RING_SAMPLES - (this.written - this.read));
    for (let index = 0; index < count; index += 1) {
      this.ring[(this.written + index) % RING_SAMPLES] = view.getInt16(index * 2, true) / 32_768;
    }
    this.written += count;
  }

  clear() {
    this.read = this.written;
    this.ready = [];
    this.resampler.reset();
    this.echoMarks();
  }

  process(_, [output]) {
    const channel = output[0];
    while (this.ready.length < channel.length && this.read < this.written) this.step();
    const played = this.ready.splice(0, channel.length);
    channel.set(played);
    for (const other of output.slice(1)) other.set(channel);
    this.echoMarks();
    this.tellLevel(played, channel.length);
    return true;
  }

  step() {
    const count = Math.min(STEP_SAMPLES, this.written - this.read);
    const samples = Float32Array.from({ length: count }, (_, index) => this.ring[(this.read + index) % RING_SAMPLES]);
    this.read += count;
    this.ready.push(...this.resampler.push(samples));
  }

  echoMarks() {
    while (this.marks.length > 0 && this.marks[0].at <= this.read) {
      this.port.postMessage({ mark: this.marks.shift().name });
    }
  }

  tellLevel(played, length) {
    this.energy += played.reduce((sum, sample) => sum + sample * sample, 0) / length;
    this.blocks += 1;
    if (this.blocks < LEVEL_BLOCKS) return;
    this.port.postMessage({ level: Math.sqrt(this.energy / this.blocks) });
    this.energy = 0;
    this.blocks = 0;
  }
}

registerProcessor("speaker-ring", SpeakerRing);
