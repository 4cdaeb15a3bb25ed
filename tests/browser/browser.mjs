// A real browser with a recording as its microphone.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROMIUM = process.env.CHROMIUM ?? programNamed(NAMES);
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

/** The first of these programs that is installed. */
function programNamed(names) {
    const folders = (process.env.PATH ?? "").split(delimiter);
    const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
    if (!found) throw new Error(`none of ${names.join(", ")} is installed: name a browser with CHROMIUM`);
    return found;
}

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
