// Microphone and loudspeaker of one call, on one audio context.

import { ApiError } from "../api.js";

/** Why there is no microphone, in words for the reader. */
export class MicrophoneError extends Error {}

const WORKLETS = ["microphone-worklet.js", "speaker-worklet.js"];

const WISHES = {
  audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

export class Headset {
  /**
   * Asks for the microphone and connects both ends. Must come from a click: browsers start audio only then.
   * `listeners`: `onFrame(bytes)`, `onMark(name)`, `onCallerLevel(level)`, `onAgentLevel(level)`, `onLost()`.
   */
  static async open(listeners) {
    const stream = await microphone();
    const context = new AudioContext({ latencyHint: "interactive" });
    try {
      await Promise.all(WORKLETS.map((name) => load(context, name)));
      await context.resume();
      return new Headset(stream, context, listeners);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      await context.close();
      throw error;
    }
  }

  constructor(stream, context, listeners) {
    this.stream = stream;
    this.context = context;
    const source = context.createMediaStreamSource(stream);
    const frames = new AudioWorkletNode(context, "microphone-frames", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    frames.port.onmessage = ({ data }) => {
      listeners.onCallerLevel(data.level);
      listeners.onFrame(data.bytes);
    };
    source.connect(frames);
    this.speaker = new AudioWorkletNode(context, "speaker-ring", { numberOfInputs: 0, outputChannelCount: [2] });
    this.speaker.port.onmessage = ({ data }) => {
      if (data.mark !== undefined) listeners.onMark(data.mark);
      else listeners.onAgentLevel(data.level);
    };
    this.speaker.connect(context.destination);
    stream.getAudioTracks()[0].addEventListener("ended", listeners.onLost);
  }

  play(bytes) {
    this.speaker.port.postMessage({ bytes }, [bytes]);
  }

  mark(name) {
    this.speaker.port.postMessage({ mark: name });
  }

  clear() {
    this.speaker.port.postMessage({ clear: true });
  }

  close() {
    for (const track of this.stream.getTracks()) track.stop();
    if (this.context.state !== "closed") this.context.close();
  }
}

/** The modules come from the server, which may have gone since the page was opened. */
async function load(context, name) {
  try {
    await context.audioWorklet.addModule(new URL(name, import.meta.url));
  } catch {
    throw new ApiError(0, `${name} did not load`);
  }
}

async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new MicrophoneError("This browser gives microphones only to pages from https or localhost.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia(WISHES);
  } catch (error) {
    throw new MicrophoneError(MICROPHONE_WORDS[error.name] ?? `The microphone did not open: ${error.message}`);
  }
}

const MICROPHONE_WORDS = {
  NotAllowedError: "The microphone was refused. Allow it for this page in the address bar, then call again.",
  NotFoundError: "No microphone was found. Plug one in, then call again.",
  NotReadableError: "Another program is using the microphone. Close it, then call again.",
};
