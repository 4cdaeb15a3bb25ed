#!/usr/bin/env python3
"""Makes a test set of how calls are picked up, for `doorstep evaluate who_answered DIR`.

Usage: make_openings.py OUT [--prompts DIR] [--noise DIR] [--seed N]

People, mailboxes, call screeners, menus, announcements, full mailboxes and fax machines: spoken by flite's voices, with
made tones, at 8 kHz, some in a quiet place and some in noise. With --prompts, mailboxes also speak with the recordings
of that folder (vm-*.wav, digits_*.wav, beep.wav); with --noise, the noises are the recordings of that folder.
"""

import argparse
import array
import math
import pathlib
import random
import subprocess
import tempfile
import wave

RATE = 8000
SPEECH_RMS = 2000.0
VOICES = ["slt", "rms", "awb", "kal16"]

PEOPLE = [
    "Hello?", "Hello.", "Yes?", "Yes, hello?", "Hi.", "Yeah?", "Hello, who is this?", "Hello, hello?",
    "Good morning.", "This is she.", "Asha speaking.", "Hello, Asha here.", "Yes, speaking.", "Who is calling please?",
    "Hello, can you hear me?", "Hi, yes, go ahead.", "Hold on one second. Okay, hello?",
    "Hello, sorry, I was in the kitchen. Who is this?", "Rao residence, hello?", "Hello? Is anybody there?",
    "Yes, who is it?", "Hello, yes, this is Asha Rao.", "Oh, hi. Sorry, I thought you were my sister.",
    "Speak up please, I am on a train.", "Hello, I am driving at the moment.",
]
MAILBOXES = [
    "Hi, you've reached Asha. I can't take your call right now. Please leave a message after the tone.",
    "Hello, this is Asha. Sorry I missed you. Leave your name and number and I will get back to you as soon as I can.",
    "You have reached the voicemail box of, nine eight four five, zero one two three four five. At the tone, please record your message.",
    "Your call has been forwarded to an automatic voice message system. The person you are calling is not available. At the tone, please record your message.",
    "Hi. I am not able to come to the phone. Please leave a message after the beep. Thanks.",
    "The person you are trying to reach is not available. Please leave your message after the tone. When you have finished recording, you may hang up.",
    "Welcome to the voice mail of Rao family. We are not at home right now. Please leave a message.",
    "Hey, it's Asha. You know what to do. Leave a message.",
]
SCREENERS = [
    "Hi. If you record your name and reason for calling, I will see if this person is available.",
    "Hi, the person you are calling is using a screening service, and will get a copy of this conversation. Go ahead and say your name, and why you are calling.",
    "Please state your name and the reason for your call after the tone.",
    "The person you are calling does not accept calls from unknown numbers. Please say your name, and why you are calling.",
]
MENUS = [
    "Thank you for calling Rao and sons. For sales, press one. For service, press two. For all other enquiries, please stay on the line.",
    "Welcome to the city hospital. Please listen carefully as our menu options have changed. Press one for appointments.",
    "Thank you for calling. All of our agents are busy. Please hold, and your call will be answered in the order it was received.",
]
ANNOUNCEMENTS = [
    "The number you have dialed is not in service. Please check the number and try again.",
    "The subscriber you have called is not reachable at the moment. Please try again later.",
    "The number you are calling is currently switched off. Please try again later.",
    "We are sorry. The number you have reached has been disconnected or is no longer in service.",
]
FULL = [
    "The mailbox is full and cannot accept any messages at this time. Goodbye.",
    "You have reached the voice mail of Asha. This mailbox is full. Please try again later.",
]
BEEPS = [(1000.0, 0.4), (440.0, 0.5), (850.0, 0.25), (1400.0, 0.3), (950.0, 0.2), (620.0, 0.9)]


def read(path):
    with wave.open(str(path)) as wav:
        samples = array.array("h", wav.readframes(wav.getnframes()))[:: wav.getnchannels()]
        factor = wav.getframerate() // RATE
    if factor > 1:  # A moving average is low-pass enough for a telephone.
        samples = array.array("h", (sum(samples[i : i + factor]) // factor for i in range(0, len(samples) - factor, factor)))
    return [float(sample) for sample in samples]


def levelled(samples, rms=SPEECH_RMS):
    power = sum(s * s for s in samples) / max(1, len(samples))
    gain = rms / math.sqrt(power) if power else 0.0
    return [s * gain for s in samples]


def silence(seconds):
    return [0.0] * int(seconds * RATE)


def tone(hz, seconds, rms=SPEECH_RMS):
    peak = rms * math.sqrt(2)
    return [peak * math.sin(2 * math.pi * hz * n / RATE) for n in range(int(seconds * RATE))]


def spoken(text, voice, stretch, folder):
    out = pathlib.Path(folder) / "line.wav"
    setting = f"duration_stretch={stretch:.2f}"
    subprocess.run(["flite", "-voice", voice, "--setf", setting, "-t", text, "-o", str(out)], check=True)
    return levelled(read(out))


def noisy(samples, chance, noises):
    choice = chance.random()
    if choice < 0.4:
        return samples
    rms = SPEECH_RMS * 10 ** (-chance.choice([15, 20, 26]) / 20)
    if noises and choice < 0.8:
        recording = levelled(noises[chance.randrange(len(noises))], rms)
        return [s + recording[n % len(recording)] for n, s in enumerate(samples)]
    return [s + chance.gauss(0, rms) for s in samples]


def write(path, samples):
    clipped = array.array("h", (max(-32000, min(32000, int(s))) for s in samples))
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(clipped.tobytes())


def recorded_mailbox(prompts, chance):
    part = lambda name: levelled(read(prompts / f"{name}.wav"))
    digits = [sample for _ in range(4) for sample in part(f"digits_{chance.randrange(10)}")]
    why = part(chance.choice(["vm-isunavail", "vm-isonphone"]))
    return part("vm-theperson") + digits + why + silence(0.3) + part("vm-intro") + part("beep")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--prompts", type=pathlib.Path)
    arguments.add_argument("--noise", type=pathlib.Path)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    noises = [read(path) for path in sorted(options.noise.glob("*.wav"))] if options.noise else []
    count = 0

    def put(kind, samples):
        nonlocal count
        count += 1
        write(options.out / f"{kind}_{count:03}.wav", noisy(silence(chance.uniform(0.2, 0.8)) + samples, chance, noises))

    with tempfile.TemporaryDirectory() as folder:
        say = lambda text: spoken(text, chance.choice(VOICES), chance.uniform(0.9, 1.2), folder)
        beep = lambda: tone(*chance.choice(BEEPS))
        for text in PEOPLE:
            for _ in range(4):
                put("person", say(text))
        for text in MAILBOXES:
            for _ in range(5):
                put("voicemail", say(text) + silence(chance.uniform(0.2, 1.2)) + beep())
        for _ in range(10 if options.prompts else 0):
            put("voicemail", recorded_mailbox(options.prompts, chance))
        for kind, texts, times in [("screener", SCREENERS, 4), ("menu", MENUS, 5), ("full", FULL, 6)]:
            for text in texts:
                for _ in range(times):
                    put(kind, say(text))
        for text in ANNOUNCEMENTS:
            for turn in range(4):
                rising = [s for hz in (950.0, 1400.0, 1800.0) for s in tone(hz, 0.33)] + silence(0.3) if turn == 0 else []
                put("announcement", rising + say(text))
        for _ in range(10):
            put("fax", silence(chance.uniform(0.2, 1.5)) + tone(2100.0 + chance.uniform(-10, 10), 3.0) + silence(0.5))
    print(f"{count} openings in {options.out}")


if __name__ == "__main__":
    main()
