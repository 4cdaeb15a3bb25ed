// The server's API: JSON, recordings, and the stream of a call's changes.

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
    if (this.status === 401) return "Your session has ended. Sign in again.";
    return this.message;
  }
}

/** Called whenever the server refuses the session. */
let onRefused = () => {};
export function whenRefused(listener) {
  onRefused = listener;
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(ROOT + path, options);
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
export async function write(path, body, method = "POST") {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  const response = await request(path, { method, headers, body: JSON.stringify(body ?? {}) });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** Removes what the path names. */
export async function remove(path) {
  await request(path, { method: "DELETE", headers: { "Idempotency-Key": crypto.randomUUID() } });
}

/** A page of a list: `{ rows, next }`. `wanted` are `cursor`, `limit` and whatever narrows the list. */
export function page(path, wanted = {}, signal) {
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
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
 * Server-sent events of a call, until the server closes the stream. `EventSource` does not tell a refusal from a lost
 * connection, so the stream is read here.
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
