// The console alone, against a stand-in: its sound, its keys, and what it says when something is missing.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { Resampler } from "../../console/js/phone/resampler.js";
import { openBrowser } from "./browser.mjs";
import { startMock } from "./mock-server.mjs";

const HZ = 1_000;
let mock, browser, page, folder;

before(async () => {
    folder = await mkdtemp(join(tmpdir(), "doorstep-tone-"));
    const wav = join(folder, "tone.wav");
    await writeFile(wav, toneWav(HZ, 48_000, 20));
    browser = await openBrowser({ wav });
    page = browser.context.pages()[0];
});
beforeEach(async () => {
    mock?.close();
    mock = await startMock();
    await page.goto("about:blank");
    await page.goto(`${mock.url}/#token=mock`);
    await page.getByRole("radio", { name: /KH-452719/ }).waitFor();
});
after(async () => {
    mock.close();
    await browser.close();
    await rm(folder, { recursive: true });
});

const call = () => page.getByRole("button", { name: "Call", exact: true }).click();
const says = (text) => page.getByText(text).first().waitFor({ timeout: 10_000 });
const texts = () => mock.shop.received.filter((message) => !Buffer.isBuffer(message));
const frames = () => mock.shop.received.filter((message) => Buffer.isBuffer(message));

/** Waits until what the server received satisfies `is`. */
async function received(is) {
    while (!is()) await new Promise((next) => mock.shop.line?.once("message", next) ?? setImmediate(next));
}

test("the resampler passes speech and stops what the lower rate cannot carry", () => {
    const cases = [
        [48_000, 16_000, 1_000, 0],
        [48_000, 16_000, 6_400, 0],
        [48_000, 16_000, 9_000, -60],
        [48_000, 16_000, 15_000, -60],
        [44_100, 16_000, 1_000, 0],
        [44_100, 16_000, 9_500, -60],
        [16_000, 48_000, 3_000, 0],
        [16_000, 44_100, 3_000, 0],
    ];
    for (const [from, to, hz, decibels] of cases) {
        const resampler = new Resampler(from, to);
        const output = [];
        const length = 128 * 200;
        for (let start = 0; start < length; start += 128) {
            output.push(
                ...resampler.push(
                    Float32Array.from({ length: 128 }, (_, index) =>
                        Math.sin((2 * Math.PI * hz * (start + index)) / from),
                    ),
                ),
            );
        }
        const settled = output.slice(output.length / 4);
        const gain = 10 * Math.log10((2 * settled.reduce((sum, value) => sum + value * value, 0)) / settled.length);
        if (decibels === 0) assert.ok(Math.abs(gain) < 0.5, `${hz} Hz from ${from} to ${to}: ${gain} dB`);
        else assert.ok(gain < decibels, `${hz} Hz from ${from} to ${to}: ${gain} dB`);
        assert.ok(Math.abs(output.length - (length * to) / from) < 5, `${output.length} samples`);
    }
});

test("the microphone arrives as 20 ms frames at 16 kHz, in tune and in time", async () => {
    await call();
    await received(() => frames().length > 150);
    assert.deepEqual(texts()[0], { type: "start", token: "t" });
    assert.ok(frames().every((frame) => frame.length === 640));
    const samples = frames()
        .slice(50, 150)
        .flatMap((frame) => Array.from({ length: 320 }, (_, index) => frame.readInt16LE(index * 2)));
    const crossings = samples.filter((sample, index) => index > 0 && samples[index - 1] < 0 && sample >= 0).length;
    assert.ok(Math.abs(crossings / 2 - HZ) < 15, `${crossings / 2} Hz`);
});

test("a mark comes back when the playout reaches it, or at once after a clear", async () => {
    mock.shop.isSilent = true;
    await call();
    await received(() => frames().length > 5);
    const { line } = mock.shop;
    const second = Buffer.alloc(32_000);
    const marks = () =>
        texts()
            .filter(({ type }) => type === "mark")
            .map(({ name }) => name);

    const sentAt = performance.now();
    line.send(second);
    line.send(JSON.stringify({ type: "mark", name: "played" }));
    await received(() => marks().includes("played"));
    const played = performance.now() - sentAt;
    assert.ok(played > 900 && played < 2_000, `a second of audio was played in ${played} ms`);

    const clearedAt = performance.now();
    for (let count = 0; count < 5; count += 1) line.send(second);
    line.send(JSON.stringify({ type: "mark", name: "cleared" }));
    line.send(JSON.stringify({ type: "clear" }));
    await received(() => marks().includes("cleared"));
    assert.ok(performance.now() - clearedAt < 900, "a clear does not wait for the playout");
});

test("keys reach the call, from the keypad and from the keyboard", async () => {
    mock.shop.isSilent = true;
    await page.keyboard.press("7");
    await call();
    await received(() => frames().length > 2);
    await page
        .getByRole("button", { name: "5 jkl" })
        .or(page.getByRole("button", { name: "5", exact: true }))
        .click();
    await page.keyboard.press("#");
    const digits = () =>
        texts()
            .filter(({ type }) => type === "dtmf")
            .map(({ digit }) => digit)
            .join("");
    await received(() => digits().length >= 2);
    assert.equal(digits(), "5#", "keys count during a call only");
});

test("what a caller says is text, never markup", async () => {
    mock.shop.calls[1].transcript[1].text = '<img src=x onerror="document.title=1"><b>hello</b>';
    await page.goto(`${mock.url}/#/calls/call-0`);
    await says("<b>hello</b>");
    assert.equal(await page.locator(".transcript img, .transcript b").count(), 0);
});

test("a session that ended is asked for again, in the middle of the work", async () => {
    mock.shop.isSignedOut = true;
    await page.getByRole("link", { name: "Orders" }).click();
    await says("Your session has ended");
    mock.shop.isSignedOut = false;
    await page.getByRole("textbox", { name: "Token" }).fill("old");
    await page.getByRole("button", { name: "Sign in" }).click();
    await says("This token is not known.");
    await page.getByRole("textbox", { name: "Token" }).fill("mock");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("cell", { name: "KH-452719" }).waitFor();
});

test("the token is kept nowhere, and signing out ends the session", async () => {
    const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    assert.equal(await kept(), '[{},{},""]');
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("dialog", { name: "Sign in" }).waitFor();
});

test("it says that all lines are busy", async () => {
    mock.shop.isBusy = true;
    await call();
    await says("All lines are busy.");
});

test("it says that the server has gone, before a call and during one", async () => {
    mock.shop.isSilent = true;
    await call();
    await received(() => frames().length > 2);
    mock.close();
    await says("The connection to the server was lost.");
    await call();
    await says("The server cannot be reached.");
});

for (const [name, words] of [
    ["NotAllowedError", "The microphone was refused."],
    ["NotFoundError", "No microphone was found."],
]) {
    test(`it says what is wrong with the microphone: ${name}`, async () => {
        await page.evaluate((name) => {
            navigator.mediaDevices.getUserMedia = async () => {
                throw new DOMException("", name);
            };
        }, name);
        await call();
        await says(words);
        await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    });
}

test("a delivery that was given up can be sent again", async () => {
    await page.getByRole("link", { name: "Deliveries" }).click();
    await page
        .getByRole("row", { name: /Given up/ })
        .first()
        .getByRole("button", { name: "Retry" })
        .click();
    await says("The delivery is back in the queue.");
});

test("a hand-off shows what is known, is taken on, noted and done", async () => {
    await page.getByRole("link", { name: "Hand-offs" }).click();
    await page.getByRole("row", { name: /A person to call back/ }).first().getByRole("link").click();
    await page.getByRole("heading", { name: "A person to call back", level: 1 }).waitFor();
    for (const point of ["Why", "Who", "Order", "Parcel", "This call", "Before", "Next"]) {
        await page.getByRole("heading", { name: point, level: 2, exact: true }).waitFor();
    }
    await says("the box is wet");
    await page.getByRole("button", { name: "Accept" }).click();
    await page.locator(".lead").getByText("Taken on").waitFor();
    await page.getByRole("textbox", { name: "Write a note" }).fill("a new box is on its way");
    await page.getByRole("button", { name: "Keep" }).click();
    await page.locator(".notes-list").getByText("a new box is on its way").waitFor();
    await page.getByRole("textbox", { name: "What was wrong" }).fill("it was delivered");
    await page.getByRole("button", { name: "The agent was wrong" }).click();
    await says("The agent was wrong (mock): it was delivered");
    await page.getByRole("button", { name: "Let the agent call" }).click();
    await page.locator(".lead").getByText("Waiting").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    await page.locator(".lead").getByText("Done").waitFor();
    assert.equal(await page.locator("main > .acts button").count(), 0, "nothing is left to do");
});

test("callbacks are made and promises settled", async () => {
    await page.getByRole("link", { name: "Callbacks" }).click();
    const rows = page.locator("tbody tr");
    await rows.first().waitFor();
    const waiting = await rows.count();
    await page.getByRole("button", { name: "Called" }).first().click();
    await page.waitForFunction((count) => document.querySelectorAll("tbody tr").length === count, waiting - 1);
    await page.getByRole("link", { name: "Promises" }).click();
    await page.getByRole("button", { name: "Missed" }).first().click();
    await page.getByLabel("Show").selectOption("missed");
    await page.getByRole("row", { name: /Missed/ }).first().waitFor();
});

test("figures are shown with what they are made of, and what is not known says why", async () => {
    await page.getByRole("link", { name: "Figures" }).click();
    await page.getByRole("row", { name: /Containment.*81.3 %.*65 of 80/ }).waitFor();
    await page.getByRole("row", { name: /Wismo volume.*not known.*no tickets/ }).waitFor();
    const table = page.getByRole("link", { name: "Download as a table" });
    assert.match(await table.getAttribute("href"), /metrics\?from=.*format=csv/);
});

test("who may only read is offered nothing else", async () => {
    mock.shop.role = "viewer";
    await page.goto(`${mock.url}/#/callbacks`);
    await page.reload();
    await page.locator("tbody tr").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Called" }).count(), 0);
});

test("more calls are shown page by page", async () => {
    await page.getByRole("link", { name: "Calls", exact: true }).click();
    const rows = page.locator("tbody tr");
    await rows.nth(29).waitFor();
    assert.equal(await rows.count(), 30);
    await page.getByRole("button", { name: "Show more" }).click();
    await rows.nth(59).waitFor();
});

function toneWav(hz, rateHz, seconds) {
    const count = rateHz * seconds;
    const wav = Buffer.alloc(44 + count * 2);
    wav.write("RIFF", 0);
    wav.writeUInt32LE(36 + count * 2, 4);
    wav.write("WAVEfmt ", 8);
    wav.writeUInt32LE(16, 16);
    wav.writeUInt16LE(1, 20);
    wav.writeUInt16LE(1, 22);
    wav.writeUInt32LE(rateHz, 24);
    wav.writeUInt32LE(rateHz * 2, 28);
    wav.writeUInt16LE(2, 32);
    wav.writeUInt16LE(16, 34);
    wav.write("data", 36);
    wav.writeUInt32LE(count * 2, 40);
    for (let index = 0; index < count; index += 1) {
        wav.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hz * index) / rateHz)), 44 + index * 2);
    }
    return wav;
}
