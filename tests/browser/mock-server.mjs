// A stand-in for the server while the console is being written: its files, plausible answers, a call that talks.
// `node mock-server.mjs [PORT]`; the token is "mock". It proves nothing about the server: `run.mjs` does.

import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

import { calls, card, deliveries, figures, orders, requests, script } from "./mock-shop.mjs";

const CONSOLE = fileURLToPath(new URL("../../console/", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY =
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const RATE_HZ = 16_000;
const FRAME_MS = 20;

/** Starts the stand-in; port 0 takes a free one. */
export async function startMock(port = 0) {
    const shop = { calls: calls(), deliveries: deliveries(), orders: orders(), requests: requests(), live: new Map(), received: [] };
    const server = createServer((request, response) =>
        answer(shop, request, response).catch((error) => response.destroy(error)),
    );
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
        sockets.handleUpgrade(request, socket, head, (line) => talk(shop, line));
    });
    await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        shop,
        close: () => {
            for (const line of sockets.clients) line.terminate();
            server.closeAllConnections();
            server.close();
        },
    };
}

async function answer(shop, request, response) {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (!pathname.startsWith("/api/v1/")) return file(pathname, response);
    if (pathname === "/api/v1/session" && request.method !== "GET") return changeSession(request, response);
    if (shop.isSignedOut || !request.headers.cookie?.includes("doorstep_session=mock")) {
        return problem(response, 401, "sign in");
    }
    if (pathname === "/api/v1/session") return json(response, 200, { name: "mock", role: shop.role ?? "admin" });
    if (pathname === "/api/v1/metrics") return json(response, 200, figures());
    const [, kind, id, part] = pathname.slice("/api/v1".length).split("/");
    if (kind === "calls" && id === "browser") return announce(shop, response);
    const desk = DESK[kind];
    if (desk && id) return handoff(shop, id, part, request, response);
    if (request.method === "POST") {
        for (const delivery of shop.deliveries) if (delivery.id === id) delivery.state = "waiting";
        return response.writeHead(202).end();
    }
    if (kind === "calls" && id) return call(shop, id, part, response);
    const state = searchParams.get("state");
    const narrowed = shop.requests.filter((each) => desk?.(each) && (!state || desk.state(each) === state));
    const rows = { calls: shop.calls, orders: shop.orders, deliveries: shop.deliveries }[kind] ?? (desk && narrowed);
    if (!rows) return problem(response, 404, "no such route");
    const from = Number(searchParams.get("cursor") ?? 0);
    const to = from + Number(searchParams.get("limit") ?? 50);
    return json(response, 200, { rows: rows.slice(from, to), ...(to < rows.length && { next: String(to) }) });
}

/** Which requests a list of the desk has, and by what it is narrowed. */
const DESK = {
    handoffs: Object.assign(({ way }) => way !== null, { state: ({ state }) => state }),
    callbacks: Object.assign(({ kind, way }) => kind === "callback" || way === "callback", { state: ({ state }) => state }),
    promises: Object.assign(() => true, { state: ({ promise }) => promise }),
};

/** Shows a request, or takes a step. */
async function handoff(shop, id, part, request, response) {
    const found = shop.requests.find((each) => each.id === id);
    if (!found) return problem(response, 404, "no request has this id");
    if (!part) return json(response, 200, { ...found, card: card(found) });
    const body = await new Response(Readable.toWeb(request)).json();
    if (part === "notes") found.notes.push({ id: "n", at: new Date().toISOString(), written_by: "mock", text: body.text });
    if (part === "wrong") found.wrong = { at: new Date().toISOString(), by: "mock", why: body.why };
    if (part === "settle") found.promise = body.result;
    const state = { accept: "accepted", refuse: "refused", done: "done", "hand-back": "waiting" }[part];
    if (state) Object.assign(found, { state, handled_by: "mock" });
    return json(response, 200, found);
}

/** Signs in with the token "mock", and out. */
async function changeSession(request, response) {
    const setCookie = (value) =>
        response.setHeader("set-cookie", `doorstep_session=${value}; Path=/api/v1; HttpOnly; SameSite=Strict`);
    if (request.method === "DELETE") {
        setCookie("");
        return response.writeHead(204).end();
    }
    const body = await new Response(Readable.toWeb(request)).json();
    if (body.token !== "mock") return problem(response, 401, "this token is not known");
    setCookie("mock");
    return json(response, 201, { name: "mock", role: "admin" });
}

function announce(shop, response) {
    if (shop.isBusy) return problem(response, 503, "as many calls as allowed are in progress");
    const id = crypto.randomUUID();
    shop.calls.unshift({
        ...script.call,
        id,
        state: "in_progress",
        ended_at: null,
        outcome: null,
        transcript: [],
        facts: [],
        turns: [],
        started_at: new Date().toISOString(),
    });
    shop.live.set(id, new Set());
    shop.next = id;
    return json(response, 201, { call_id: id, token: "t", media_path: "/telephony/browser/media?token=t" });
}

function call(shop, id, part, response) {
    const found = shop.calls.find((each) => each.id === id);
    if (!found) return problem(response, 404, "no call has this id");
    if (part === "recording") {
        if (found.state === "in_progress" || shop.isUnrecorded)
            return problem(response, 404, "this call has no recording");
        return response.writeHead(200, { "content-type": "audio/wav" }).end(toneWav());
    }
    if (part !== "events") return json(response, 200, found);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`event: call\ndata: ${JSON.stringify(found)}\n\n`);
    const watchers = shop.live.get(id);
    if (!watchers) return response.end();
    watchers.add(response);
}

/** Plays the scripted call: tones for the agent, events for the watchers. */
function talk(shop, line) {
    const id = shop.next;
    const call = shop.calls.find((each) => each.id === id);
    const steps = shop.isSilent ? [] : [...script.steps];
    const startedAt = Date.now();
    let tone = 0;
    const publish = (change) => {
        for (const watcher of shop.live.get(id) ?? [])
            watcher.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
    };
    const end = () => {
        clearInterval(ticking);
        if (!shop.live.has(id)) return;
        Object.assign(call, {
            state: "ended",
            ended_at: new Date().toISOString(),
            outcome: { ...script.outcome, call_id: id },
        });
        call.transcript = script.call.transcript.slice(0, call.transcript.length);
        publish({ kind: "ended", outcome: call.outcome });
        for (const watcher of shop.live.get(id)) watcher.end();
        shop.live.delete(id);
        line.close(1000);
    };
    const ticking = setInterval(() => {
        const now = (Date.now() - startedAt) * (shop.speed ?? 1);
        while (steps.length > 0 && steps[0].at <= now) {
            const { change, hz } = steps.shift();
            if (hz !== undefined) {
                tone = hz;
                line.send(JSON.stringify(hz ? { type: "mark", name: `0.${now}.0` } : { type: "clear" }));
            }
            if (change?.kind === "line") call.transcript.push(change.line);
            if (change?.kind === "fact") call.facts.push(change.fact);
            if (change?.kind === "turn") call.turns[change.index] = change.turn;
            if (change) publish(change);
            if (change?.kind === "hang_up") return end();
        }
        if (tone) line.send(toneFrame(tone, now));
    }, FRAME_MS);
    line.on("message", (message, isBinary) => {
        shop.received.push(isBinary ? message : JSON.parse(message));
        if (!isBinary && JSON.parse(message).type === "stop") end();
    });
    shop.line = line;
    line.on("close", end);
}

function toneFrame(hz, now) {
    const frame = Buffer.alloc((RATE_HZ * FRAME_MS * 2) / 1000);
    for (let index = 0; index < frame.length / 2; index += 1) {
        const at = now / 1000 + index / RATE_HZ;
        frame.writeInt16LE(
            Math.round(6_000 * Math.sin(2 * Math.PI * hz * at) * (0.6 + 0.4 * Math.sin(at * 18))),
            index * 2,
        );
    }
    return frame;
}

function toneWav() {
    const samples = RATE_HZ * 30;
    const wav = Buffer.alloc(44 + samples * 4);
    wav.write("RIFF", 0);
    wav.writeUInt32LE(36 + samples * 4, 4);
    wav.write("WAVEfmt ", 8);
    wav.writeUInt32LE(16, 16);
    wav.writeUInt16LE(1, 20);
    wav.writeUInt16LE(2, 22);
    wav.writeUInt32LE(RATE_HZ, 24);
    wav.writeUInt32LE(RATE_HZ * 4, 28);
    wav.writeUInt16LE(4, 32);
    wav.writeUInt16LE(16, 34);
    wav.write("data", 36);
    wav.writeUInt32LE(samples * 4, 40);
    return wav;
}

function file(pathname, response) {
    const name = normalize(pathname === "/" ? "index.html" : pathname);
    const type = TYPES[extname(name)];
    const headers = {
        "content-type": type ?? "text/plain",
        "content-security-policy": POLICY,
        "cache-control": "no-cache",
    };
    createReadStream(join(CONSOLE, name))
        .on("open", () => response.writeHead(200, headers))
        .on("error", () => response.writeHead(404).end())
        .pipe(response);
}

function json(response, status, body) {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function problem(response, status, detail) {
    response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify({ status, detail }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const { url } = await startMock(Number(process.argv[2] ?? 8099));
    console.log(`${url}/#token=mock`);
}
