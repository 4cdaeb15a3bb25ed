// A caller who speaks on cue: recordings mixed into the browser's own microphone.

import { readFile } from "node:fs/promises";

/** Lets `say` speak into the microphone that the page opens next. */
export async function giveVoice(page) {
    await page.addInitScript(() => {
        const devices = navigator.mediaDevices;
        // An empty page has none.
        if (!devices) return;
        const open = devices.getUserMedia.bind(devices);
        devices.getUserMedia = async (wishes) => {
            const real = await open(wishes);
            const context = new AudioContext();
            const mixed = context.createMediaStreamDestination();
            const room = context.createGain();
            // The stand-in for a microphone beeps.
            room.gain.value = 0;
            context.createMediaStreamSource(real).connect(room).connect(mixed);
            window.speak = async (wav) => {
                const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
                const source = context.createBufferSource();
                source.buffer = await context.decodeAudioData(bytes.buffer);
                source.connect(mixed);
                source.start();
                await new Promise((end) => source.addEventListener("ended", end));
            };
            return mixed.stream;
        };
    });
}

/** Says a recording, once; resolves when it has been said. */
export async function say(page, file) {
    await page.evaluate((wav) => window.speak(wav), (await readFile(file)).toString("base64"));
}
