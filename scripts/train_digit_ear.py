#!/usr/bin/env python3
"""Trains the digit ear: three layers of weights on the recogniser's encoder.

Needs numpy, jax, optax, onnxruntime, hibari-tts and the programs flite and espeak-ng, which the server does not.
Digits spoken by synthetic voices, and recordings of people where there are any, are joined to numbers, made lower and
higher, sent through the telephone band with noise, encoded, and learnt as whole rows (connectionist temporal
classification).
"""

import argparse
import pathlib
import subprocess
import tempfile
import wave

import jax
import jax.numpy as jnp
import numpy
import onnxruntime
import optax
from hibari import Hibari

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"]
FLITE_VOICES = ["awb", "kal", "kal16", "rms", "slt"]
ENGLISH = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029"]
ENGLISH_VARIANTS = ["m1", "m3", "m5", "m7", "f2", "f4", "croak"]
PHONEMES = {
    "zero": "zˈɪɹO zˈiɹO zˈɛɹO sˈɪɹO ʤˈiɹO zˈɪəɹO",
    "one": "wˈʌn wˈɑn wˈɔn vˈʌn",
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
RATE, PADDING = 16_000, 2_400
WIDTH, UNITS, SPAN, CLASSES = 288, 96, 5, 11
FRAMES_MAX, DIGITS_MAX, BATCH = 200, 8, 32


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
    return resampled(samples[loud[0] * size : (loud[-1] + 1) * size], rate, RATE)


def synthetic_voices(path):
    """voice -> word -> ways to say it."""
    voices = {}
    for voice in FLITE_VOICES:
        bank = voices[voice] = {word: [] for word in WORDS}
        for word in WORDS:
            for stretch in ("0.85", "1.0", "1.25"):
                for pitch in ([], *(["--setf", f"int_f0_target_mean={hz}"] for hz in (90, 130, 190))):
                    stretched = ["--setf", f"duration_stretch={stretch}"]
                    subprocess.run(["flite", "-voice", voice, *stretched, *pitch, "-t", word, "-o", path], check=True)
                    bank[word].append(trimmed(*read(path)))
    hibari = Hibari()
    bank = voices["heart"] = {word: [] for word in WORDS}
    for word, accents in PHONEMES.items():
        for phonemes in accents.split():
            for speed, mark in ((0.8, "."), (1.0, ","), (1.25, ".")):
                bank[word].append(trimmed(hibari.from_phonemes(phonemes + mark, speed, seed=1), 24_000))
    for voice in (f"{accent}+{variant}" for accent in ENGLISH for variant in ENGLISH_VARIANTS):
        voices[voice] = {word: espeak(path, voice, [word], ("120", "160", "200")) for word in WORDS}
    return voices


def recorded_voices(folder, takes):
    """The same of people: recordings named digit_speaker_take."""
    voices = {}
    for path in sorted(folder.glob("*_*_*.wav")):
        digit, speaker, take = path.stem.split("_")
        if take in takes:
            voices.setdefault(speaker, {}).setdefault(WORDS[int(digit)], []).append(trimmed(*read(path)))
    return voices


def espeak(path, voice, texts, speeds):
    said = []
    for text in texts:
        for speed in speeds:
            subprocess.run(["espeak-ng", "-v", voice, "-s", speed, "-w", path, text], check=True)
            said.append(trimmed(*read(path)))
    return said


def share(voice):
    """How often a voice is heard: the natural ones more often than each of the many made by rule."""
    return 6.0 if voice == "heart" else 1.0 if "+" in voice else 3.0


def tilted(samples, chance):
    """As another telephone would colour it."""
    spectrum = numpy.fft.rfft(samples)
    gains_db = numpy.interp(numpy.linspace(0, 1, len(spectrum)), numpy.linspace(0, 0.5, 6), chance.normal(0, 4, 6))
    return numpy.fft.irfft(spectrum * 10 ** (gains_db / 20), len(samples))


def spoken_number(voices, shares, noise, chance):
    """Audio at 16 kHz as a call hears it, and its digits."""
    voice = voices[chance.choice(list(voices), p=shares)]
    is_fluent, tempo = chance.random() < 0.35, chance.uniform(0.82, 1.22)
    audio, digits = [numpy.zeros(int(chance.uniform(0, 0.3) * RATE))], []
    for _ in range(chance.integers(3, DIGITS_MAX + 1)):
        word = "oh" if chance.random() < 0.05 and "oh" in voice else WORDS[chance.integers(10)]
        if digits and chance.random() < 0.15:
            word = WORDS[digits[-1]]
        said = voice[word][chance.integers(len(voice[word]))]
        said = said / said.std() * 0.08 * 10 ** (chance.normal(0, 2) / 20)
        digits.append(WORDS.index(word) % 10)
        pause = chance.uniform(0, 0.06) if is_fluent else chance.uniform(0.06, 0.3)
        audio += [said, numpy.zeros(int(pause * RATE))]
    audio = numpy.concatenate([*audio, numpy.zeros(int(chance.uniform(0, 0.2) * RATE))])
    band = (chance.uniform(50, 250), chance.uniform(3_200, 3_900))
    heard = resampled(resampled(audio, RATE, RATE * tempo), RATE, 8_000, band)
    if chance.random() < 0.7:
        heard = tilted(heard, chance)
    start = chance.integers(len(noise) - len(heard))
    beside = noise[start : start + len(heard)] if chance.random() < 0.5 else chance.normal(0, 1, len(heard))
    heard = heard + beside * heard.std() / beside.std() * 10 ** (-chance.uniform(8, 45) / 20)
    return resampled(mu_law(numpy.clip(heard, -1, 1)), 8_000, RATE), digits


def encoded(encoder, voices, noise, count, chance):
    """Frames, which of them are none, digits from one on, and which of those are none; a row a number."""
    shares = numpy.array([share(voice) for voice in voices])
    shares /= shares.sum()
    frames = numpy.zeros((count, FRAMES_MAX, WIDTH), numpy.float16)
    no_frame, no_digit = numpy.ones((count, FRAMES_MAX), numpy.float32), numpy.ones((count, DIGITS_MAX), numpy.float32)
    labels = numpy.zeros((count, DIGITS_MAX), numpy.int32)
    row = 0
    while row < count:
        audio, digits = spoken_number(voices, shares, noise, chance)
        heard = conditioned(audio)[None]
        mask = numpy.ones(heard.shape, numpy.int64)
        found = encoder.run(None, {"input_values": heard, "attention_mask": mask})[0][0]
        if FRAMES_MAX < len(found):
            continue
        frames[row, : len(found)], no_frame[row, : len(found)] = found, 0
        labels[row, : len(digits)], no_digit[row, : len(digits)] = numpy.array(digits) + 1, 0
        row += 1
    return frames, no_frame, labels, no_digit


def untrained(key):
    keys = jax.random.split(key, 3)
    shapes = [(WIDTH, UNITS), (SPAN, UNITS, UNITS), (UNITS, CLASSES)]
    weights = [jax.random.normal(key, shape) / numpy.prod(shape[:-1]) ** 0.5 for key, shape in zip(keys, shapes)]
    return [(weight, jnp.zeros(weight.shape[-1])) for weight in weights]


def dropped(key, values, share):
    return values * jax.random.bernoulli(key, 1 - share, values.shape) / (1 - share)


def loss(layers, frames, no_frame, labels, no_digit, key):
    (alone, alone_bias), (together, together_bias), (classes, bias) = layers
    noise, first, second = jax.random.split(key, 3)
    frames = dropped(first, frames + 0.3 * jax.random.normal(noise, frames.shape), 0.2)
    hidden = dropped(second, jax.nn.relu(frames @ alone + alone_bias), 0.3)
    order = ("NWC", "WIO", "NWC")
    hidden = jax.lax.conv_general_dilated(hidden, together, (1,), "SAME", dimension_numbers=order)
    scores = jax.nn.relu(hidden + together_bias) @ classes + bias
    return optax.ctc_loss(scores, no_frame, labels, no_digit, blank_id=0).mean()


def trained(frames, no_frame, labels, no_digit, rounds):
    heard = frames[no_frame == 0].astype(numpy.float32)
    mean, spread = heard.mean(0), heard.std(0) + 1e-3
    layers = untrained(jax.random.PRNGKey(0))
    steps = len(frames) // BATCH
    adam = optax.adamw(optax.cosine_decay_schedule(2e-3, rounds * steps), weight_decay=1e-2)
    state, key, chance = adam.init(layers), jax.random.PRNGKey(1), numpy.random.default_rng(0)

    @jax.jit
    def step(layers, state, batch, key):
        cost, slopes = jax.value_and_grad(loss)(layers, *batch, key)
        change, state = adam.update(slopes, state, layers)
        return optax.apply_updates(layers, change), state, cost

    for round_ in range(rounds):
        total, order = 0.0, chance.permutation(len(frames))
        for at in order[: steps * BATCH].reshape(steps, BATCH):
            key, own = jax.random.split(key)
            batch = ((frames[at] - mean) / spread, no_frame[at], labels[at], no_digit[at])
            layers, state, cost = step(layers, state, batch, own)
            total += float(cost)
        print(f"round {round_ + 1}: loss {total / steps:.3f} a number", flush=True)
    (alone, bias), *rest = [[numpy.asarray(part) for part in layer] for layer in layers]
    return [(alone / spread[:, None], bias - (mean / spread) @ alone), *rest]


def written(layers):
    """Unit by unit its bias and its weights, as the upper halves of 32-bit numbers; the class of no digit comes last."""
    (alone, alone_bias), (together, together_bias), (classes, bias) = layers
    order = [*range(1, CLASSES), 0]
    units = [
        numpy.concatenate([alone_bias[:, None], alone.T], 1),
        numpy.concatenate([together_bias[:, None], together.reshape(SPAN * UNITS, UNITS).T], 1),
        numpy.concatenate([bias[order, None], classes.T[order]], 1),
    ]
    numbers = numpy.concatenate([part.ravel() for part in units]).astype("<f4").view("<u4")
    return ((numbers + 0x8000) >> 16).astype("<u2").tobytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=pathlib.Path, help="encoder_model.ort of the recogniser")
    parser.add_argument("noise", type=pathlib.Path, help="WAV file of noise, a minute or more")
    parser.add_argument("weights", type=pathlib.Path, help="file to write")
    parser.add_argument("--recordings", type=pathlib.Path, help="folder of digit_speaker_take.wav")
    parser.add_argument("--takes", default="0,5,10,15,20", help="takes to learn from; the others are to measure by")
    parser.add_argument("--numbers", type=int, default=4_000, help="spoken by synthetic voices")
    parser.add_argument("--recorded-numbers", type=int, default=1_800, help="spoken by people")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()

    encoder = onnxruntime.InferenceSession(str(options.encoder))
    samples, rate = read(options.noise)
    noise = resampled(samples[: 60 * rate], rate, 8_000)
    with tempfile.TemporaryDirectory() as folder:
        synthetic = synthetic_voices(pathlib.Path(folder) / "word.wav")
    parts = [encoded(encoder, synthetic, noise, options.numbers, numpy.random.default_rng(1))]
    if options.recordings:
        people = recorded_voices(options.recordings, options.takes.split(","))
        parts.append(encoded(encoder, people, noise, options.recorded_numbers, numpy.random.default_rng(2)))
    rows = [numpy.concatenate(part) for part in zip(*parts)]
    options.weights.write_bytes(written(trained(*rows, options.rounds)))


if __name__ == "__main__":
    main()
