// One call from this browser: announced by the API, carried by a media socket, watched by its events.

import { ApiError, watchCall, write } from "../api.js";
import { Headset } from "./headset.js";

/** Close codes that mean that the call ended as it should. */
const CLOSED_WELL = new Set([1000, 1005]);

/** How long to wait before watching again, when the stream of events broke off. */
const WATCH_AGAIN_MS = 500;

/** How often watching is tried in a row without one event. */
const WATCH_TRIES = 12;

/**
 * A call. `listeners`: `onState(state, words)`, `onEvent(name, body)`, `onCallerLevel(level)`, `onAgentLevel(level)`.
 * States, in order: `connecting`, `talking`, then `ended` or `failed`.
 */
export class Line {
  constructor(listeners) {
    this.listeners = listeners;
    this.id = null;
    this.isOver = false;
    /** Whether the server had the line, so that there will be an outcome. */
    this.wasConnected = false;
    this.watching = new AbortController();
  }

  /** Places the call. `from` is the number it seems to come from, or null. Errors arrive as the state `failed`. */
  async call(from) {
    this.listeners.onState("connecting", "Opening the microphone…");
    try {
      this.headset = await Headset.open({
        onFrame: (bytes) => this.send(bytes),
        onMark: (name) => this.control({ type: "mark", name }),
        onCallerLevel: this.listeners.onCallerLevel,
        onAgentLevel: this.listeners.onAgentLevel,
        onLost: () => this.fail("The microphone was unplugged."),
      });
      if (this.isOver) return this.headset.close();
      this.listeners.onState("connecting", "Ringing…");
      const { call_id, token, media_path } = await write("/calls/browser", { from });
      if (this.isOver) return;
      this.id = call_id;
      this.openSocket(token, media_path);
    } catch (error) {
      this.fail(failureWords(error));
    }
  }

  openSocket(token, path) {
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.wasConnected = true;
      this.control({ type: "start", token });
      this.listeners.onState("talking", "Connected");
      this.watch();
    };
    this.socket.onmessage = ({ data }) => this.receive(data);
    this.socket.onclose = ({ code }) => this.closed(code);
  }

  receive(message) {
    if (message instanceof ArrayBuffer) return this.headset.play(message);
    const control = JSON.parse(message);
    if (control.type === "mark") this.headset.mark(control.name);
    else if (control.type === "clear") this.headset.clear();
  }

  /** Presses a key of the keypad. */
  press(digit) {
    this.control({ type: "dtmf", digit });
  }

  hangUp() {
    if (this.isOver) return;
    this.control({ type: "stop" });
    this.finish("ended", "You hung up");
    this.socket?.close(1000);
  }

  /** Stops everything without a word, when the page is left. */
  abandon() {
    this.hangUp();
    this.watching.abort();
  }

  send(bytes) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  control(message) {
    this.send(JSON.stringify(message));
  }

  closed(code) {
    if (this.isOver) return;
    if (CLOSED_WELL.has(code)) this.finish("ended", "The call has ended");
    else if (code === 1008) this.fail("The server refused this call's audio. Call again.");
    else this.fail("The connection to the server was lost. Is it still running?");
  }

  fail(words) {
    if (this.isOver) return;
    this.finish("failed", words);
    this.socket?.close();
  }

  finish(state, words) {
    this.isOver = true;
    this.headset?.close();
    this.listeners.onState(state, words);
  }

  /** Follows the call until its outcome is known. The call is not known to the server before its audio is. */
  async watch() {
    let tries = 0;
    let hasEnded = false;
    const onEvent = (name, body) => {
      hasEnded ||= body.kind === "ended" || (name === "call" && body.outcome !== null);
      if (hasEnded || body.kind) tries = 0;
      this.listeners.onEvent(name, body);
    };
    while (!hasEnded && tries < WATCH_TRIES && !this.watching.signal.aborted) {
      tries += 1;
      try {
        await watchCall(this.id, onEvent, this.watching.signal);
      } catch (error) {
        if (error.name === "AbortError" || error.status === 401) return;
      }
      if (!hasEnded) await new Promise((resume) => setTimeout(resume, WATCH_AGAIN_MS));
    }
  }
}

function failureWords(error) {
  if (!(error instanceof ApiError)) return error.message;
  if (error.status !== 503) return error.words;
  if (/drain/i.test(error.message)) return "The server is shutting down and takes no new calls.";
  return "All lines are busy. Try again in a moment.";
}
