#!/usr/bin/env python3
"""Joins recordings of single digits (8 kHz, named digit_speaker_take.wav) to spoken numbers for `evaluate digits`.

One speaker a number, 100 to 250 ms of silence between digits. The same seed makes the same folder.
"""

import argparse
import pathlib
import random
import wave


def read(path):
    with wave.open(str(path)) as recording:
        return recording.getframerate(), recording.readframes(recording.getnframes())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path, help="folder of digit_speaker_take.wav")
    parser.add_argument("target", type=pathlib.Path, help="folder to fill")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--digits", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--takes", default="", help="takes to use, with commas; all of them by default")
    options = parser.parse_args()

    takes = {}
    allowed = set(filter(None, options.takes.split(",")))
    for path in sorted(options.source.glob("*_*_*.wav")):
        digit, speaker, take = path.stem.split("_")
        if not allowed or take in allowed:
            takes.setdefault(speaker, {}).setdefault(digit, []).append(path)

    chance = random.Random(options.seed)
    options.target.mkdir(parents=True, exist_ok=True)
    speakers = sorted(takes)
    for index in range(options.count):
        speaker = speakers[index % len(speakers)]
        number = "".join(chance.choice("0123456789") for _ in range(options.digits))
        rate, audio = 8000, bytes(2 * 800)
        for digit in number:
            rate, spoken = read(chance.choice(takes[speaker][digit]))
            audio += spoken + bytes(2 * int(chance.uniform(0.100, 0.250) * rate))
        with wave.open(str(options.target / f"{number}_{speaker}_{index}.wav"), "wb") as joined:
            joined.setnchannels(1)
            joined.setsampwidth(2)
            joined.setframerate(rate)
            joined.writeframes(audio)


if __name__ == "__main__":
    main()
