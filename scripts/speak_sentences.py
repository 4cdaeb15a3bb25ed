#!/usr/bin/env python3
"""Speaks a list of sentences with flite's voices, over kitchen noise, for `evaluate speech`.

A sentence a line; the voices take turns. The same arguments make the same folder, with its transcripts.tsv.
"""

import argparse
import array
import pathlib
import subprocess
import wave

VOICES = ("kal16", "awb", "rms", "slt")


def read(path):
    with wave.open(str(path)) as recording:
        rate, channels = recording.getframerate(), recording.getnchannels()
        return rate, array.array("h", recording.readframes(recording.getnframes()))[::channels]


def power(samples):
    return sum(sample * sample for sample in samples) / max(len(samples), 1)


def mixed(speech, noise, start, snr_db):
    """The speech with noise added, so many decibels below it."""
    noise = [noise[(start + at) % len(noise)] for at in range(len(speech))]
    gain = (power(speech) / max(power(noise), 1) / 10 ** (snr_db / 10)) ** 0.5
    clamped = (max(-32768, min(32767, round(one + gain * other))) for one, other in zip(speech, noise))
    return array.array("h", clamped)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", type=pathlib.Path, help="a text file, one sentence a line")
    parser.add_argument("target", type=pathlib.Path, help="folder to fill")
    parser.add_argument("--noise", type=pathlib.Path, help="WAV file of noise at 16 kHz")
    parser.add_argument("--snr", type=float, help="decibels between speech and noise; no noise by default")
    options = parser.parse_args()

    noise = read(options.noise)[1] if options.noise else None
    options.target.mkdir(parents=True, exist_ok=True)
    references = []
    for index, sentence in enumerate(options.sentences.read_text().split("\n")):
        if not sentence.strip():
            continue
        voice = VOICES[index % len(VOICES)]
        path = options.target / f"{index:03}_{voice}.wav"
        subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", str(path)], check=True)
        if noise is not None and options.snr is not None:
            rate, speech = read(path)
            speech = mixed(speech, noise, index * 5 * rate, options.snr)
            with wave.open(str(path), "wb") as recording:
                recording.setnchannels(1)
                recording.setsampwidth(2)
                recording.setframerate(rate)
                recording.writeframes(speech.tobytes())
        references.append(f"{path.name}\t{sentence.strip()}\n")
    (options.target / "transcripts.tsv").write_text("".join(references))


if __name__ == "__main__":
    main()
