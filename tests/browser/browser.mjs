// A real browser with a recording as its microphone.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
];

/** Opens a browser with a new, empty profile; `wav` is heard once by whoever opens the microphone. */
export async function openBrowser({ wav = null, ...options } = {}) {
    const profile = await mkdtemp(join(tmpdir(), "doorstep-browser-"));
    const args = wav ? [...ARGUMENTS, `--use-file-for-fake-audio-capture=${wav}%noloop`] : ARGUMENTS;
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM,
        headless: true,
        args,
        permissions: ["microphone"],
        ...options,
    });
    return {
        context,
        close: async () => {
            await context.close();
            await rm(profile, { recursive: true, force: true });
        },
    };
}
