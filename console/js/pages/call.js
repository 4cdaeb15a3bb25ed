// One call: what came of it, what was said, how fast, and its recording.

import { page, read, recording } from "../api.js";
import { el, fill } from "../dom.js";
import { callTime, exactly, lengthOf, masked, milliseconds, when } from "../format.js";
import { stagesOf } from "../parts/latency.js";
import { outcomeHeadline, outcomeTerms } from "../parts/outcome.js";
import { table as tableAround, tableBody, tableRow } from "../parts/table.js";
import { Transcript } from "../parts/transcript.js";
import * as words from "../words.js";
import { stateCell } from "./deliveries.js";

/** A call in progress is read again this often. */
const FRESH_MS = 1_500;

export function openCall(main, id) {
  const leaving = new AbortController();
  const view = new CallView(main, id, leaving.signal);
  view.start();
  return () => {
    leaving.abort();
    view.close();
  };
}

class CallView {
  constructor(main, id, signal) {
    this.id = id;
    this.signal = signal;
    this.player = el("div", { class: "player" });
    this.transcript = new Transcript({ onPlay: (ms) => this.playFrom(ms) });
    this.title = el("h1", {}, "Call");
    this.about = el("p", { class: "lead" }, "Loading…");
    this.outcome = el("section", { class: "card outcome", "aria-label": "Outcome" });
    this.details = el("div", { class: "stack" });
    fill(
      main,
      el("p", { class: "back" }, el("a", { href: "#/calls" }, "← All calls")),
      this.title,
      this.about,
      this.outcome,
      this.player,
      el("section", {}, el("h2", {}, "Conversation"), this.transcript.element),
      this.details,
    );
    this.outcome.hidden = true;
  }

  async start() {
    try {
      const call = await read(`/calls/${encodeURIComponent(this.id)}`, this.signal);
      this.show(call);
      if (call.state === "in_progress") this.timer = setTimeout(() => this.start(), FRESH_MS);
      else await this.showEnded(call);
    } catch (error) {
      if (error.name === "AbortError") return;
      fill(
        this.about,
        el(
          "span",
          { class: "problem" },
          error.status === 404 ? "There is no such call." : (error.words ?? error.message),
        ),
      );
    }
  }

  show(call) {
    const number = call.direction === "outbound" ? call.to : call.from;
    fill(
      this.about,
      [words.word(call.direction), masked(number), words.scenario(call.scenario)].join(" · "),
      " · ",
      el("time", { datetime: call.started_at, title: exactly(call.started_at) }, when(call.started_at)),
      call.ended_at && ` · ${lengthOf(new Date(call.ended_at) - new Date(call.started_at))}`,
      call.state === "in_progress" && el("span", { class: "badge live" }, "In progress"),
    );
    this.transcript.show(call);
  }

  async showEnded(call) {
    if (call.outcome) {
      this.outcome.hidden = false;
      fill(this.outcome, el("h2", {}, "Outcome"), outcomeHeadline(call.outcome), outcomeTerms(call.outcome, call.picked_up));
    }
    const { rows: sent } = await page("/deliveries", { call_id: call.id, limit: 200 }, this.signal);
    fill(this.details, factsTable(call.facts), turnsTable(call.turns), deliveriesList(sent), rawRecord(call.outcome));
    const audio = await recording(this.id, this.signal);
    this.showPlayer(audio);
  }

  showPlayer(blob) {
    if (!blob) return fill(this.player, el("p", { class: "quiet" }, "This call was not recorded."));
    this.url = URL.createObjectURL(new Blob([blob], { type: "audio/wav" }));
    this.audio = el("audio", {
      controls: true,
      preload: "metadata",
      src: this.url,
      "aria-label": "Recording of the call",
    });
    this.audio.addEventListener("timeupdate", () => this.markPlaying());
    fill(
      this.player,
      this.audio,
      el("p", { class: "quiet" }, "Left is the caller, right is the agent. Press a time to play from there."),
    );
  }

  playFrom(ms) {
    if (!this.audio) return;
    this.audio.currentTime = ms / 1000;
    this.audio.play();
  }

  markPlaying() {
    const ms = this.audio.currentTime * 1000;
    for (const line of this.transcript.list.querySelectorAll(".line[data-from]")) {
      line.classList.toggle("playing", !this.audio.paused && line.dataset.from <= ms && ms <= Number(line.dataset.to));
    }
  }

  close() {
    clearTimeout(this.timer);
    this.audio?.pause();
    if (this.url) URL.revokeObjectURL(this.url);
  }
}

function factsTable(facts) {
  if (facts.length === 0) return null;
  const rows = facts.map((fact) => [words.factName(fact.name), words.factValue(fact), fact.source, callTime(fact.heard_at_ms)]);
  return section("Facts heard", "facts", table(["Fact", "Value", "From", "Heard at"], rows));
}

function turnsTable(turns) {
  if (turns.length === 0) return null;
  const rows = turns.map((turn) => {
    const since = Object.fromEntries(stagesOf(turn).map((stage) => [stage.name, milliseconds(stage.since_ms)]));
    return [callTime(turn.caller_ended_ms), since.heard ?? "–", since.understood ?? "–", since["first audio"] ?? "–"];
  });
  const note = el("p", { class: "quiet" }, "Counted from the caller's last word.");
  return section("Turns", "turns", note, table(["At", "Heard", "Understood", "First audio"], rows));
}

function deliveriesList(deliveries) {
  if (deliveries.length === 0) return null;
  const rows = deliveries.map((delivery) => [
    delivery.connector,
    stateCell(delivery),
    String(delivery.attempts),
    delivery.last_error ?? "–",
  ]);
  return section("Deliveries", "deliveries", table(["To", "State", "Attempts", "Last error"], rows));
}

function rawRecord(outcome) {
  if (!outcome) return null;
  return el(
    "details",
    { class: "raw" },
    el("summary", {}, "The record as sent"),
    el("pre", { tabIndex: 0 }, JSON.stringify(outcome, null, 2)),
  );
}

function section(title, name, ...content) {
  return el("section", { class: name }, el("h2", {}, title), ...content);
}

function table(headings, rows) {
  const body = tableBody();
  body.append(...rows.map((cells) => tableRow({ headings }, cells)));
  return tableAround({ headings }, body);
}
