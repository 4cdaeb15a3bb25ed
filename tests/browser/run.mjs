// The console against the real server, from the token to the recording:
//   node run.mjs BASE_URL TOKEN WAV...
// Each WAV is one turn of the caller, said when the agent has finished; after the last the agent says goodbye.
// SCREENSHOTS is a folder for pictures; CHROMIUM another browser.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

import { openBrowser } from "./browser.mjs";
import { giveVoice, say } from "./voice.mjs";

const [BASE_URL, TOKEN, ...WAVS] = process.argv.slice(2);
if (WAVS.length === 0) {
    console.error("usage: node run.mjs BASE_URL TOKEN WAV...");
    process.exit(2);
}

const ORDER = "KH-452719";
const FOLDER = process.env.SCREENSHOTS;
const ANSWER_MS = 30_000;
const CALL_MS = 120_000;
const ANSWER_AFTER = "xpath=ancestor::li/following-sibling::li[contains(@class, 'agent')]//*[@class='said']";
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Without motion: what is fading in has no contrast to measure.
const options = { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" };
const { context, close } = await openBrowser(options);
const page = context.pages()[0];
await giveVoice(page);
const complaints = watchForComplaints(page);
try {
    if (FOLDER) await mkdir(FOLDER, { recursive: true });
    await step("asks for the token and refuses a wrong one", asksForToken);
    await step("takes the token from the address", takesToken);
    await step("calls the shop and follows the conversation", callsShop);
    for (const wav of WAVS) await step(`is understood: ${basename(wav, ".wav")}`, () => saysTurn(wav));
    await step("saw what was heard while it was said, and who had the floor", followedLive);
    const call = await step("shows the outcome when the call has ended", showsOutcome);
    await step("keeps the call: outcome, conversation, facts, recording", () => showsCall(call));
    await step("lists calls, the desk, orders and deliveries", showsLists);
    assert.deepEqual(complaints, [], "the browser complained");
    console.log("the console works");
} catch (error) {
    if (FOLDER) await page.screenshot({ path: join(FOLDER, "failed.png"), fullPage: true });
    console.error(error.stack ?? error);
    if (complaints.length > 0) console.error(`the browser complained:\n${complaints.join("\n")}`);
    process.exitCode = 1;
} finally {
    await close();
}

async function step(name, work) {
    const startedAt = performance.now();
    const result = await work().catch((error) => {
        console.error(`failed: ${name}`);
        throw error;
    });
    console.log(`ok ${name} (${Math.round(performance.now() - startedAt)} ms)`);
    return result;
}

async function asksForToken() {
    await page.goto(BASE_URL);
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await inspect("token");
    // The refusals that this step provokes are no complaints.
    await dialog.getByLabel("Token").fill("not-the-token");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This token is not known.").waitFor();
    const refusals = complaints.splice(0);
    assert.ok(
        refusals.every((text) => text.includes("401")),
        `only refusals were expected: ${refusals}`,
    );
}

async function takesToken() {
    await page.goto("about:blank");
    await page.goto(`${BASE_URL}/#token=${encodeURIComponent(TOKEN)}`);
    await page.getByRole("radio", { name: new RegExp(ORDER) }).waitFor();
    assert.ok(!page.url().includes("token"), "the token stayed in the address");
    assert.equal(await page.getByRole("dialog").count(), 0, "the token was asked for in spite of the address");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    const [cookie] = await context.cookies(`${BASE_URL}/api/v1/calls`);
    assert.ok(cookie.httpOnly && cookie.sameSite === "Strict", "the session can be read or sent by others");
    assert.ok(!(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes(TOKEN), "the token was kept");
    await inspect("start");
}

async function callsShop() {
    await page.getByRole("radio", { name: new RegExp(ORDER) }).check();
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByRole("button", { name: "Hang up" }).waitFor();
    await noteWhatShows();
}

/** Says one turn once the agent has finished, and waits until it is a line of the conversation. */
async function saysTurn(wav) {
    const spoken = page.locator(".transcript .line.caller:not(.hearing) .said");
    const count = await spoken.count();
    // Something has been said since the caller's last word, and all of it.
    const answer = count === 0 ? page.locator(".line.agent .said") : spoken.nth(count - 1).locator(ANSWER_AFTER);
    await answer.first().waitFor({ timeout: ANSWER_MS });
    await page.locator('.floor[data-floor="open"]').waitFor({ timeout: ANSWER_MS });
    if (count === 1) {
        await page.locator(".wait .total", { hasText: /\d ms/ }).first().waitFor({ timeout: ANSWER_MS });
        await inspect("talking");
    }
    await say(page, wav);
    await spoken.nth(count).waitFor({ timeout: ANSWER_MS });
}

/** Keeps a note of what shows only for a moment. */
async function noteWhatShows() {
    await page.evaluate(() => {
        const noted = { floors: [], hearing: [] };
        window.noted = noted;
        const note = (list, text) => text && list.at(-1) !== text && list.push(text);
        new MutationObserver(() => {
            note(noted.floors, document.querySelector(".floor")?.dataset.floor);
            note(noted.hearing, document.querySelector(".line.hearing .said")?.textContent);
        }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
    });
}

async function followedLive() {
    const { floors, hearing } = await page.evaluate(() => window.noted);
    for (const floor of ["agent", "open", "caller"]) assert.ok(floors.includes(floor), `never ${floor}: ${floors}`);
    assert.ok(hearing.length > 0, "nothing was shown of what the caller was saying");
}

/** Waits for the end of the call, which is the agent's to make. Returns the call's address. */
async function showsOutcome() {
    const ended = page.getByRole("link", { name: /Open this call/ });
    await ended.waitFor({ timeout: CALL_MS });
    const words = await page.locator(".outcome .disposition").innerText();
    assert.equal(words, "Told where the order is");
    await inspect("ended");
    await ended.click();
    await page.getByRole("heading", { name: "Call", exact: true, level: 1 }).waitFor();
    return page.url();
}

async function showsCall(address) {
    // Afresh, so that nothing of the live call helps.
    await page.reload();
    assert.equal(page.url(), address);
    await page.locator(".outcome .disposition").waitFor({ timeout: ANSWER_MS });
    const terms = await page.locator(".outcome dt").allInnerTexts();
    for (const term of ["Connection", "Contact", "Verification"]) assert.ok(terms.includes(term), `${term} is missing`);

    assert.ok((await page.locator(".line.caller .said").count()) > 0, "nothing of the caller is kept");
    assert.ok((await page.locator(".line.agent .said").count()) > 1, "nothing of the agent's answer is kept");
    assert.ok((await page.locator(".line.agent .heard").count()) > 0, "what was heard is not marked");
    assert.ok((await page.locator(".facts tbody tr").count()) > 0, "no fact was heard");
    const sources = await page.locator('.facts td[data-label="From"]').allInnerTexts();
    assert.ok(
        sources.every((source) => source.includes(ORDER)),
        `a fact comes from elsewhere: ${sources}`,
    );
    assert.ok((await page.locator(".turns tbody tr").count()) > 0, "no turn was timed");

    await page.locator("audio").waitFor({ timeout: ANSWER_MS });
    await page.waitForFunction(() => document.querySelector("audio").readyState >= HTMLMediaElement.HAVE_METADATA);
    const seconds = await page.locator("audio").evaluate((audio) => audio.duration);
    assert.ok(seconds > 1, `the recording lasts ${seconds} s`);
    // Not the first line, which begins where the recording does.
    await page.locator(".line.agent button.time").nth(1).click();
    await page.waitForFunction(() => document.querySelector("audio").currentTime > 0.2);

    await page.getByText("The record as sent").click();
    const record = JSON.parse(await page.locator(".raw pre").innerText());
    assert.equal(record.schema, "delivery_call_outcome/1");
    assert.ok(address.endsWith(record.call_id), "the record belongs to another call");
    await inspect("call");
}

async function showsLists() {
    const visit = async (name, row) => {
        await page.getByRole("link", { name, exact: true }).click();
        await page.getByRole("heading", { name, level: 1 }).waitFor();
        await row.first().waitFor();
        await inspect(name.toLowerCase());
    };
    const rows = page.locator("table tbody tr:visible");
    await visit("Calls", rows.filter({ hasText: "Incoming" }));
    // Whether a caller asked for a person is the recording's business.
    for (const name of ["Hand-offs", "Callbacks", "Promises"]) {
        await visit(name, page.locator("table tbody tr:visible, .empty:visible", { hasNotText: "Loading" }));
    }
    await visit("Orders", rows.filter({ hasText: ORDER }));
    // Whether there is a connector is the server's business.
    await visit("Deliveries", page.locator("table tbody tr:visible, .empty:visible", { hasNotText: "Loading" }));
    const focused = await page.evaluate(() => document.activeElement.tagName);
    assert.equal(focused, "H1", "the focus did not follow to the new page");
}

/** No serious fault of accessibility, not wider than a small phone; a picture, if wanted. */
async function inspect(name) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run());
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const found = grave.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(found, [], `${name} cannot be used by everybody`);
    if (FOLDER) await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
    const before = page.viewportSize();
    await page.setViewportSize({ width: 360, height: 740 });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (FOLDER) await page.screenshot({ path: join(FOLDER, `${name}-narrow.png`), fullPage: true });
    await page.setViewportSize(before);
    assert.ok(excess <= 0, `${name} is ${excess} px too wide for a small phone`);
}

/** What the browser itself holds against the page: errors, refused by policy, missing files. */
function watchForComplaints(page) {
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
        // A call is not known to its watchers before its audio flows: the console asks again.
        const isEarlyWatch = message.location().url?.endsWith("/events") && message.text().includes("404");
        if (message.type() === "error" && !isEarlyWatch)
            complaints.push(`${message.text()} ${message.location().url ?? ""}`);
    });
    return complaints;
}
