// Sample-rate conversion in blocks: a polyphase windowed-sinc filter for any pair of whole rates.

/** Zero crossings of the sinc on each side: a transition of about 700 Hz at 16 kHz. */
const CROSSINGS = 16;

/** The edge of the passband, as a share of half the lower rate. */
const PASSBAND = 0.92;

export class Resampler {
  constructor(rateFrom, rateTo) {
    const common = greatestCommonDivisor(rateFrom, rateTo);
    this.up = rateTo / common;
    this.down = rateFrom / common;
    // Below 1 when the rate falls: then the filter also keeps out what the lower rate cannot carry.
    const cutoff = PASSBAND * Math.min(1, rateTo / rateFrom);
    this.half = Math.ceil(CROSSINGS / cutoff);
    this.phases = Array.from({ length: this.up }, (_, phase) => taps(phase / this.up, this.half, cutoff));
    this.reset();
  }

  /** Forgets what was heard. */
  reset() {
    this.history = new Float32Array(2 * this.half);
    this.position = 0; // Of the next output sample, in 1/up input samples from the start of the history.
  }

  /** Returns the samples that can be known now; they lag by half a filter. */
  push(samples) {
    const taps = 2 * this.half;
    const input = new Float32Array(this.history.length + samples.length);
    input.set(this.history);
    input.set(samples, this.history.length);
    const output = [];
    let start = Math.floor(this.position / this.up);
    while (start + taps <= input.length) {
      const phase = this.phases[this.position % this.up];
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) sum += input[start + tap] * phase[tap];
      output.push(sum);
      this.position += this.down;
      start = Math.floor(this.position / this.up);
    }
    const consumed = Math.min(start, input.length);
    this.history = input.slice(consumed);
    this.position -= consumed * this.up;
    return Float32Array.from(output);
  }
}

/** The filter for an output sample that lies `offset` input samples after the middle of its taps. */
function taps(offset, half, cutoff) {
  const values = Float32Array.from({ length: 2 * half }, (_, index) => {
    const distance = index - (half - 1) - offset;
    return cutoff * sinc(cutoff * distance) * blackman(distance / half);
  });
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Shape: 1 in the middle, 0 at ±1 and beyond. */
function blackman(x) {
  if (Math.abs(x) >= 1) return 0;
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
