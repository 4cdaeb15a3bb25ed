// The real server, alone in a temporary folder, with the demo shop's orders.

import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const PROGRAM = process.env.DOORSTEP ?? join(REPOSITORY, "target/debug/doorstep");
const LOG_LINES_KEPT = 200;

/** Starts it; `url` and `token` open it, `log` is what it said last, `stop()` ends it and removes its folder. */
export async function startServer() {
    const folder = await mkdtemp(join(tmpdir(), "doorstep-server-"));
    const token = randomBytes(32).toString("hex");
    const env = {
        ...process.env,
        DOORSTEP_HTTP__LISTEN: "127.0.0.1:0",
        DOORSTEP_STORE__URL: `sqlite://${join(folder, "doorstep.db")}`,
        DOORSTEP_RECORDINGS__DIR: join(folder, "recordings"),
        DOORSTEP_TEXT_TO_SPEECH__CACHE_DIR: join(folder, "phrases"),
        DOORSTEP_AUTH__BOOTSTRAP_TOKEN: token,
        DOORSTEP_LOG__FORMAT: "json",
    };
    const options = { cwd: REPOSITORY, env };
    await promisify(execFile)(PROGRAM, ["import", "demo"], options);

    const server = spawn(PROGRAM, ["serve"], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const log = [];
    const exited = once(server, "exit");
    const address = new Promise((found, failed) => {
        for (const stream of [server.stdout, server.stderr]) {
            createInterface(stream).on("line", (line) => {
                log.push(line);
                if (log.length > LOG_LINES_KEPT) log.shift();
                const said = /"address":"([^"]+)"/.exec(line);
                if (said && line.includes('"serving"')) found(said[1]);
            });
        }
        exited.then(([code]) => failed(new Error(`the server exited with ${code}:\n${log.join("\n")}`)), failed);
    });
    const stop = async () => {
        if (server.exitCode === null) server.kill("SIGTERM");
        const [code] = await exited;
        await rm(folder, { recursive: true, force: true });
        return code;
    };
    try {
        return { url: `http://${await address}`, token, log, stop };
    } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
    }
}
