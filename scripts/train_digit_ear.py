#!/usr/bin/env python3
"""Trains the digit ear: one layer of weights on the recogniser's encoder, from synthetic voices alone.

Needs numpy, onnxruntime, hibari-tts and the program flite, which the server does not. Digits spoken by six synthetic
voices, some with the accents of a phoneme list, are joined to numbers, made lower and higher, sent through the
telephone band with noise, encoded, and learnt in two steps: each frame on its own, then whole rows (CTC).
"""

import argparse
import pathlib
import subprocess
import tempfile
import wave

import numpy
import onnxruntime
from hibari import Hibari

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"]
FLITE_VOICES = ["awb", "kal", "kal16", "rms", "slt"]
ACCENTS = {
    "zero": "zˈɪɹO zˈiɹO zˈɛɹO sˈɪɹO ʤˈiɹO",
    "one": "wˈʌn wˈɑn wˈɔn",
    "two": "tˈu ʧˈu tˈʊ",
    "three": "θɹˈi tɹˈi fɹˈi sɹˈi θɹˈɪ tˈi",
    "four": "fˈɔɹ fˈɔ fˈOɹ",
    "five": "fˈIv fˈIf fˈAv",
    "six": "sˈɪks sˈiks sˈɛks",
    "seven": "sˈɛvən sˈɛvɛn sˈɪvən",
    "eight": "ˈAt ˈɛt ˈAd hˈAt",
    "nine": "nˈIn nˈAn nˈɑɪn",
    "oh": "ˈO ˈɔ",
}
RATE, FRAME, PADDING = 16_000, 384, 2_400
CLASSES, NO_DIGIT, IGNORED = 11, 10, -1
NEVER = -1e30


def read(path):
    with wave.open(str(path)) as recording:
        samples = numpy.frombuffer(recording.readframes(recording.getnframes()), "<i2")
        return samples.astype(float) / 32_768, recording.getframerate()


def resampled(samples, from_hz, to_hz, band=None):
    count = int(len(samples) * to_hz // from_hz)
    spectrum = numpy.fft.rfft(samples)
    if band:
        hz = numpy.arange(len(spectrum)) * from_hz / len(samples)
        spectrum = numpy.where((band[0] <= hz) & (hz <= band[1]), spectrum, 0)
    kept = numpy.zeros(count // 2 + 1, complex)
    both = min(len(kept), len(spectrum))
    kept[:both] = spectrum[:both]
    return numpy.fft.irfft(kept, count) * count / len(samples)


def mu_law(samples):
    """Through G.711 and back."""
    linear = numpy.clip(samples * 32_767, -32_768, 32_767).astype(int)
    biased = numpy.minimum(numpy.abs(linear), 32_635) + 132
    exponent = numpy.floor(numpy.log2(biased)).astype(int) - 7
    mantissa = (biased >> (exponent + 3)) & 15
    decoded = (((mantissa << 3) + 132) << exponent) - 132
    return numpy.where(linear < 0, -decoded, decoded) / 32_768


def conditioned(samples):
    """As `embedded/audio.rs` does it."""
    levels = [numpy.sqrt(numpy.mean(samples[at : at + 320] ** 2)) for at in range(0, len(samples), 320)]
    loud = numpy.sort(levels)[len(levels) * 3 // 4 :]
    gain = numpy.clip(0.1 / max(numpy.sqrt(numpy.mean(loud**2)), 0.0016), 0.25, 12)
    return numpy.pad(numpy.clip(samples * gain, -1, 1), PADDING).astype(numpy.float32)


def trimmed(samples, rate):
    size = rate // 100
    levels = numpy.array([samples[at : at + size].std() for at in range(0, len(samples) - size, size)])
    loud = numpy.flatnonzero(0.02 * levels.max() < levels)
    return samples[loud[0] * size : (loud[-1] + 1) * size]


def spoken_words(folder):
    """voice -> word -> ways to say it."""
    voices = {voice: {word: [] for word in WORDS} for voice in [*FLITE_VOICES, "heart"]}
    path = folder / "word.wav"
    for voice in FLITE_VOICES:
        for word in WORDS:
            for stretch in ("0.85", "1.0", "1.25"):
                for pitch in ([], *(["--setf", f"int_f0_target_mean={hz}"] for hz in (90, 130, 190))):
                    stretched = ["--setf", f"duration_stretch={stretch}"]
                    subprocess.run(["flite", "-voice", voice, *stretched, *pitch, "-t", word, "-o", path], check=True)
                    samples, rate = read(path)
                    voices[voice][word].append(resampled(trimmed(samples, rate), rate, RATE))
    hibari = Hibari()
    for word, accents in ACCENTS.items():
        for phonemes in accents.split():
            for speed, mark in ((0.8, "."), (1.0, ","), (1.25, ".")):
                samples = hibari.from_phonemes(phonemes + mark, speed, seed=1)
                voices["heart"][word].append(resampled(trimmed(samples, 24_000), 24_000, RATE))
    return voices


def spoken_number(voices, noise, chance):
    """Audio at 16 kHz as a call hears it, its digits, and where each begins and ends."""
    shares = numpy.array([3.0 if voice == "heart" else 1.0 for voice in voices])
    voice = list(voices)[chance.choice(len(voices), p=shares / shares.sum())]
    is_fluent, tempo = chance.random() < 0.35, chance.uniform(0.82, 1.22)
    audio, digits, places = [numpy.zeros(int(chance.uniform(0, 0.3) * RATE))], [], []
    for _ in range(chance.integers(3, 9)):
        word = WORDS[chance.integers(10)] if 0.05 < chance.random() else "oh"
        if digits and chance.random() < 0.15:
            word = WORDS[digits[-1]]
        said = voices[voice][word][chance.integers(len(voices[voice][word]))]
        said = said / said.std() * 0.08 * 10 ** (chance.normal(0, 2) / 20)
        begin = sum(map(len, audio))
        places.append((begin * tempo, (begin + len(said)) * tempo))
        digits.append(WORDS.index(word) % 10)
        pause = chance.uniform(0, 0.06) if is_fluent else chance.uniform(0.06, 0.3)
        audio += [said, numpy.zeros(int(pause * RATE))]
    audio = numpy.concatenate([*audio, numpy.zeros(int(chance.uniform(0, 0.2) * RATE))])
    heard = mu_law(resampled(resampled(audio, RATE, RATE * tempo), RATE, 8_000, (150, 3_500)))
    start = chance.integers(len(noise) - len(heard))
    beside = noise[start : start + len(heard)] if chance.random() < 0.5 else chance.normal(0, 1, len(heard))
    heard = heard + beside * heard.std() / beside.std() * 10 ** (-chance.uniform(8, 45) / 20)
    return resampled(mu_law(numpy.clip(heard, -1, 1)), 8_000, RATE), digits, places


def frame_labels(count, digits, places):
    """The middle of each digit is that digit, its edges are left open, and the rest is none."""
    labels = numpy.full(count, NO_DIGIT)
    for digit, place in zip(digits, places):
        begin, end = ((at + PADDING) / FRAME for at in place)
        labels[round(begin) : round(end) + 1] = IGNORED
        middle, half = (begin + end) / 2, max((end - begin) / 6, 1.0)
        labels[int(middle - half + 0.5) : int(middle + half + 0.5) + 1] = digit
    return labels


def log_softmax(scores):
    scores = scores - scores.max(1, keepdims=True)
    return scores - numpy.log(numpy.exp(scores).sum(1, keepdims=True))


def ctc_gradient(log_probs, digits):
    """The loss of a row of digits, and its gradient by the scores of each frame."""
    row = numpy.full(2 * len(digits) + 1, NO_DIGIT)
    row[1::2] = digits
    may_skip = numpy.zeros(len(row), bool)
    may_skip[3::2] = row[3::2] != row[1:-2:2]
    own = log_probs[:, row]
    ahead, behind = numpy.full(own.shape, NEVER), numpy.full(own.shape, NEVER)
    ahead[0, :2] = own[0, :2]
    behind[-1, -2:] = 0
    plus = numpy.logaddexp
    for at in range(1, len(own)):
        last, now = ahead[at - 1], ahead[at - 1].copy()
        now[1:] = plus(now[1:], last[:-1])
        now[2:] = numpy.where(may_skip[2:], plus(now[2:], last[:-2]), now[2:])
        ahead[at] = now + own[at]
    for at in range(len(own) - 2, -1, -1):
        following = behind[at + 1] + own[at + 1]
        now = following.copy()
        now[:-1] = plus(now[:-1], following[1:])
        now[:-2] = numpy.where(may_skip[2:], plus(now[:-2], following[2:]), now[:-2])
        behind[at] = now
    total = plus(ahead[-1, -1], ahead[-1, -2])
    shares = numpy.exp(ahead + behind - total)
    wanted = numpy.zeros(log_probs.shape)
    for state, label in enumerate(row):
        wanted[:, label] += shares[:, state]
    return -total, numpy.exp(log_probs) - wanted


class Layer:
    """Adam with decoupled weight decay."""

    def __init__(self, width):
        self.parts = [numpy.zeros((width, CLASSES)), numpy.zeros(CLASSES)]
        self.means, self.squares = ([0 * part for part in self.parts] for _ in range(2))
        self.steps = 0

    def scores(self, frames):
        return frames @ self.parts[0] + self.parts[1]

    def learn(self, frames, gradient, rate):
        self.steps += 1
        for at, slope in enumerate([frames.T @ gradient, gradient.sum(0)]):
            self.means[at] = 0.9 * self.means[at] + 0.1 * slope
            self.squares[at] = 0.99 * self.squares[at] + 0.01 * slope**2
            step = self.means[at] / (1 - 0.9**self.steps)
            step /= numpy.sqrt(self.squares[at] / (1 - 0.99**self.steps)) + 1e-8
            self.parts[at] -= rate * (step + (0.01 * self.parts[at] if at == 0 else 0))


def learn_frames(layer, frames, labels, chance):
    frames, labels = frames[labels != IGNORED], labels[labels != IGNORED]
    order = chance.permutation(len(frames))
    for batch in numpy.array_split(order, max(len(order) // 2_048, 1)):
        gradient = numpy.exp(log_softmax(layer.scores(frames[batch])))
        gradient[numpy.arange(len(batch)), labels[batch]] -= 1
        layer.learn(frames[batch], gradient / len(batch), 2e-3)


def learn_rows(layer, numbers, chance):
    loss, order = 0, chance.permutation(len(numbers))
    for batch in numpy.array_split(order, max(len(order) // 16, 1)):
        learnt = []
        for at in batch:
            frames, digits = numbers[at]
            cost, gradient = ctc_gradient(log_softmax(layer.scores(frames)), digits)
            loss += cost
            learnt.append((frames, gradient))
        frames, gradient = (numpy.concatenate(part) for part in zip(*learnt))
        layer.learn(frames, gradient / len(frames), 1e-3)
    return loss / len(numbers)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=pathlib.Path, help="encoder_model.ort of the recogniser")
    parser.add_argument("noise", type=pathlib.Path, help="WAV file of noise, a minute or more")
    parser.add_argument("weights", type=pathlib.Path, help="file to write")
    parser.add_argument("--numbers", type=int, default=1_800)
    parser.add_argument("--rounds", type=int, default=8, help="times that the whole rows are learnt")
    options = parser.parse_args()

    chance = numpy.random.default_rng(1)
    encoder = onnxruntime.InferenceSession(str(options.encoder))
    samples, rate = read(options.noise)
    noise = resampled(samples[: 60 * rate], rate, 8_000)
    with tempfile.TemporaryDirectory() as folder:
        voices = spoken_words(pathlib.Path(folder))
    numbers, labels = [], []
    for _ in range(options.numbers):
        audio, digits, places = spoken_number(voices, noise, chance)
        heard = conditioned(audio)[None]
        mask = numpy.ones(heard.shape, numpy.int64)
        frames = encoder.run(None, {"input_values": heard, "attention_mask": mask})[0][0]
        numbers.append((frames.astype(float), digits))
        labels.append(frame_labels(len(frames), digits, places))
    everything = numpy.concatenate([frames for frames, _ in numbers])
    mean, spread = everything.mean(0), everything.std(0) + 1e-3
    numbers = [((frames - mean) / spread, digits) for frames, digits in numbers]

    layer = Layer(everything.shape[1])
    for _ in range(3):
        learn_frames(layer, (everything - mean) / spread, numpy.concatenate(labels), chance)
    for round_ in range(options.rounds):
        print(f"round {round_ + 1}: loss {learn_rows(layer, numbers, chance):.3f} a number", flush=True)
    weights = layer.parts[0] / spread[:, None]
    biases = layer.parts[1] - (mean / spread) @ layer.parts[0]
    numpy.concatenate([biases[:, None], weights.T], 1).astype("<f4").tofile(options.weights)


if __name__ == "__main__":
    main()
