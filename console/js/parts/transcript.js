// A conversation as it is read: lines with their times, the facts beside them, the wait before each answer.

import { el, fill } from "../dom.js";
import { callTime } from "../format.js";
import { factName, factValue } from "../words.js";
import { turnBar } from "./latency.js";

const SPEAKERS = { caller: "Caller", agent: "Agent" };
const HEARD = {
  whole: ["heard in full", "whole"],
  part: ["heard in part", "part"],
  none: ["not heard", "none"],
};

/** A fact counts for the agent's line during which, or just after which, it had been heard. */
const FACT_SLACK_MS = 50;

/**
 * A list that is brought up to date by `show(call)`, touching only what changed, so that a screen reader hears each
 * line once. Options: `isLive` for a call in progress; `onPlay(ms)` makes the times into buttons.
 */
export class Transcript {
  constructor({ isLive = false, onPlay = null, empty = "Nothing was said." } = {}) {
    this.isLive = isLive;
    this.onPlay = onPlay;
    this.list = el("ol", { class: "lines" });
    this.empty = el("div", { class: "quiet empty" }, empty);
    this.element = el(
      "div",
      { class: "transcript", ...(isLive && { role: "log", "aria-label": "Conversation" }) },
      this.empty,
      this.list,
    );
    this.shown = new Map();
  }

  show({ transcript, facts, turns }, hearing = "") {
    const items = [
      ...transcript.map((line) => this.lineItem(line, factsOf(line, transcript, facts))),
      ...turns.map(turnItem),
    ].sort((a, b) => a.at - b.at || a.rank - b.rank);
    if (hearing) items.push(this.hearingItem(hearing));
    this.empty.hidden = items.length > 0;
    this.reconcile(items);
  }

  reconcile(items) {
    const wanted = new Set(items.map((item) => item.key));
    for (const [key, { element }] of this.shown) {
      if (wanted.has(key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    let previous = null;
    for (const item of items) {
      const version = JSON.stringify(item.content);
      const known = this.shown.get(item.key);
      const element = known?.element ?? el("li");
      if (known?.version !== version) {
        item.draw(element);
        this.shown.set(item.key, { element, version });
      }
      const expected = previous ? previous.nextSibling : this.list.firstChild;
      if (element !== expected) this.list.insertBefore(element, expected);
      previous = element;
    }
  }

  lineItem(line, facts) {
    return {
      key: `${line.role}-${line.from_ms}`,
      at: line.from_ms,
      rank: 1,
      content: [line, facts],
      draw: (element) => {
        element.className = `line ${line.role} ${this.isSettled(line) ? `heard-${line.heard}` : ""}`;
        element.dataset.from = line.from_ms;
        element.dataset.to = line.to_ms;
        fill(element, this.time(line), this.words(line), notes(facts));
      },
    };
  }

  /** What the caller seems to be saying: grey until it is a line. */
  hearingItem(text) {
    return {
      key: "hearing",
      content: text,
      draw: (element) => {
        element.className = "line caller hearing";
        fill(
          element,
          el("span", { class: "time" }, "now"),
          el("div", { class: "words" }, el("p", { class: "who" }, "Caller, hearing"), el("p", { class: "said" }, text)),
        );
      },
    };
  }

  time(line) {
    const text = callTime(line.from_ms);
    if (!this.onPlay) return el("span", { class: "time" }, text);
    const label = `Play from ${text}`;
    return el(
      "button",
      { type: "button", class: "time", "aria-label": label, title: label, onclick: () => this.onPlay(line.from_ms) },
      text,
    );
  }

  /** A line that is still being said ends where it began. */
  isSettled(line) {
    return !this.isLive || line.heard === "none" || line.to_ms > line.from_ms;
  }

  words(line) {
    const [heard, mark] = HEARD[line.heard] ?? [line.heard, ""];
    const isMarked = line.role === "agent" && this.isSettled(line) && !(this.isLive && line.heard === "whole");
    return el(
      "div",
      { class: "words" },
      el(
        "p",
        { class: "who" },
        SPEAKERS[line.role] ?? line.role,
        isMarked && el("span", { class: `heard ${mark}` }, heard),
      ),
      el("p", { class: "said" }, line.text),
    );
  }
}

function turnItem(turn, index) {
  return {
    key: `turn-${index}`,
    at: turn.caller_ended_ms,
    rank: 0,
    content: turn,
    draw: (element) => {
      element.className = "line turn";
      fill(element, el("span", { class: "time" }), turnBar(turn, index));
    },
  };
}

function factsOf(line, transcript, facts) {
  if (line.role !== "agent") return [];
  const next = transcript
    .filter((other) => other.role === "agent" && other.from_ms > line.from_ms)
    .reduce((soonest, other) => Math.min(soonest, other.from_ms), Infinity);
  return facts.filter((fact) => {
    const at = fact.heard_at_ms - FACT_SLACK_MS;
    return line.from_ms <= at && at < next;
  });
}

function notes(facts) {
  if (facts.length === 0) return null;
  return el(
    "ul",
    { class: "notes", "aria-label": "Facts said" },
    facts.map((fact) =>
      el(
        "li",
        {},
        el(
          "span",
          { class: "fact" },
          el("span", { class: "name" }, factName(fact.name)),
          " ",
          el("strong", {}, factValue(fact)),
        ),
        el("span", { class: "source" }, fact.source),
      ),
    ),
  );
}
