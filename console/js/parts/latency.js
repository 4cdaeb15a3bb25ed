// How long the caller waited for an answer, and where the time went.

import { el } from "../dom.js";
import { milliseconds } from "../format.js";

/** The full width of a bar. People speak again after about this long. */
const BAR_MS = 1_500;

const STAGES = [
  ["heard", "recognised_ms"],
  ["understood", "understood_ms"],
  ["first audio", "first_audio_ms"],
];

/** The stages of a turn: `since_ms` from the caller's last word, `ms` from the stage before. */
export function stagesOf(turn) {
  let before = 0;
  return STAGES.filter(([, field]) => turn[field] !== null && turn[field] !== undefined).map(([name, field]) => {
    const since = Math.max(0, turn[field] - turn.caller_ended_ms);
    const stage = { name, since_ms: since, ms: Math.max(0, since - before) };
    before = Math.max(before, since);
    return stage;
  });
}

/** One turn in one row: the wait in words, and as a bar. */
export function turnBar(turn, index) {
  const stages = stagesOf(turn);
  const total = stages.at(-1)?.since_ms ?? 0;
  const isAnswered = stages.length > 0 && stages.at(-1).name === STAGES.at(-1)[0];
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  for (const [at, stage] of stages.entries()) {
    const part = el("span", { class: `stage stage-${at}` });
    part.style.width = `${(100 * Math.min(stage.ms, BAR_MS)) / BAR_MS}%`;
    bar.append(part);
  }
  const words = stages.map((stage) => `${stage.name} ${milliseconds(stage.since_ms)}`).join(" · ");
  return el(
    "div",
    { class: "wait", "data-turn": index },
    el("span", { class: "total" }, isAnswered ? milliseconds(total) : "no answer"),
    bar,
    el("span", { class: "stages" }, words),
  );
}
