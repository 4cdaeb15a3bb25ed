// The console against the real server: a recorded caller calls from a real browser and is understood.
// SCREENSHOTS is a folder for pictures.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { startServer } from "./server.mjs";

const CALLERS = resolve(import.meta.dirname, "../../audio-fixtures/callers");
const TURNS = ["where-is-my-order", "what-did-i-order", "postcode-560034", "no-that-is-all"];

test("a caller in the browser learns where the order is", async () => {
    const server = await startServer();
    try {
        const wavs = TURNS.map((name) => join(CALLERS, `${name}.wav`));
        const run = spawn(process.execPath, [join(import.meta.dirname, "run.mjs"), server.url, server.token, ...wavs], {
            stdio: ["ignore", "inherit", "inherit"],
        });
        const [code] = await once(run, "exit");
        assert.equal(code, 0, `the run failed; the server said:\n${server.log.join("\n")}`);
    } finally {
        assert.equal(await server.stop(), 0, "the server did not stop in order");
    }
});
