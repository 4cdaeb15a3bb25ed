// A call in progress, kept up to date from its events; its outcome when it has ended.

import { announce, el, fill } from "../dom.js";
import { outcomeHeadline, outcomeTerms } from "./outcome.js";
import { Transcript } from "./transcript.js";
import * as words from "../words.js";

/** The reader counts as following when this close to the end. */
const FOLLOWING_PX = 120;

const PHRASES = [
  "Where is my order?",
  "Is it delayed?",
  "I won't be at home tomorrow.",
  "Can I talk to a person?",
  "Are you a robot?",
];

export class LiveConversation {
  constructor() {
    this.element = el("div", { class: "conversation" });
    this.begin();
  }

  /** Empties the page for a new call. */
  begin() {
    this.call = { transcript: [], facts: [], turns: [] };
    this.hearing = "";
    this.transcript = new Transcript({ isLive: true, empty: firstWords() });
    this.outcome = el("section", { class: "card outcome", "aria-label": "Outcome", hidden: true });
    fill(this.element, this.outcome, el("h2", {}, "Conversation"), this.transcript.element);
  }

  /** Takes one event of the call `id`. */
  take(name, body, id) {
    if (name === "call") this.call = { transcript: body.transcript, facts: body.facts, turns: body.turns };
    else this.change(body);
    const outcome = name === "call" ? body.outcome : body.kind === "ended" ? body.outcome : null;
    const isFollowing = innerHeight + scrollY > document.documentElement.scrollHeight - FOLLOWING_PX;
    this.transcript.show(this.call, this.hearing);
    if (outcome) this.showOutcome(outcome, id);
    else if (isFollowing) scrollTo(0, document.documentElement.scrollHeight);
  }

  change(change) {
    switch (change.kind) {
      case "hearing":
        this.hearing = change.text;
        break;
      case "line":
        if (change.line.role === "caller") this.hearing = "";
        this.putLine(change.line);
        break;
      case "fact":
        this.call.facts.push(change.fact);
        break;
      case "turn":
        this.call.turns[change.index] = change.turn;
        break;
      case "ended":
        this.hearing = "";
        break;
      default: // `floor` concerns the meters; what a later server adds concerns nobody here.
    }
  }

  /** A line is known by who says it and when it began. */
  putLine(line) {
    const lines = this.call.transcript;
    const at = lines.findIndex((other) => other.role === line.role && other.from_ms === line.from_ms);
    if (at < 0) lines.push(line);
    else lines[at] = line;
  }

  awaitOutcome() {
    if (!this.outcome.hidden) return;
    this.outcome.hidden = false;
    fill(this.outcome, el("h2", {}, "Outcome"), el("p", { class: "quiet" }, "Being written down…"));
  }

  showOutcome(outcome, id) {
    this.outcome.hidden = false;
    const href = `#/calls/${encodeURIComponent(id)}`;
    fill(
      this.outcome,
      el("h2", {}, "Outcome"),
      outcomeHeadline(outcome),
      outcomeTerms(outcome),
      el("p", {}, el("a", { href, class: "to-call" }, "Open this call, with its recording")),
    );
    this.outcome.scrollIntoView({ block: "nearest" });
    announce(`The call has ended. ${words.disposition(outcome.disposition)}.`);
  }
}

function firstWords() {
  return [
    el(
      "p",
      {},
      "What both sides say appears here as it is said, with the source of every fact and the wait before every answer.",
    ),
    el("p", { class: "try" }, "You might say"),
    el(
      "ul",
      { class: "phrases" },
      PHRASES.map((phrase) => el("li", {}, phrase)),
    ),
  ];
}
