// The server's API: JSON, recordings, and the stream of a call's changes.

import { token } from "./token.js";

const ROOT = "/api/v1";

/** A refusal, with the server's own words. `status` 0 is a server that could not be reached. */
export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }

  /** What to tell the reader. */
  get words() {
    if (this.status === 0) return "The server cannot be reached. Is it still running?";
    if (this.status === 401 || this.status === 403) return "The server did not accept the token.";
    return this.message;
  }
}

/** Called whenever the server refuses the token. */
let onRefused = () => {};
export function whenRefused(listener) {
  onRefused = listener;
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(ROOT + path, {
      ...options,
      headers: { ...options.headers, Authorization: `Bearer ${token()}` },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "the server cannot be reached");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) onRefused();
  throw new ApiError(response.status, problem.detail ?? `the server answered ${response.status}`);
}

/** Reads JSON. */
export async function read(path, signal) {
  return (await request(path, { signal })).json();
}

/** Writes; each write has its own key, so that a repeated one changes nothing. */
export async function write(path, body) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  const response = await request(path, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** A page of a list: `{ rows, next }`. */
export function page(path, { cursor, limit } = {}, signal) {
  const query = new URLSearchParams();
  if (cursor) query.set("cursor", cursor);
  if (limit) query.set("limit", limit);
  const suffix = query.size ? `?${query}` : "";
  return read(path + suffix, signal);
}

/** A call's audio as a blob, or null when it has none. */
export async function recording(id, signal) {
  try {
    return await (await request(`/calls/${encodeURIComponent(id)}/recording`, { signal })).blob();
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/**
 * Server-sent events of a call, until the server closes the stream. `EventSource` cannot send the token, so the
 * stream is read here.
 */
export async function watchCall(id, onEvent, signal) {
  const path = `/calls/${encodeURIComponent(id)}/events`;
  const response = await request(path, { signal, headers: { Accept: "text/event-stream" } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event.data) onEvent(event.name, JSON.parse(event.data));
    }
  }
}

function parseEvent(block) {
  const event = { name: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) event.name = line.slice(6).trim();
    if (line.startsWith("data:")) event.data += (event.data ? "\n" : "") + line.slice(5).replace(/^ /, "");
  }
  return event;
}
