// One hand-off: what a person needs to know before the first word, and what they do about it.

import { read, write } from "../api.js";
import { announce, el, fill } from "../dom.js";
import { between, callTime, day, exactly, money, when } from "../format.js";
import { may } from "../session.js";
import * as words from "../words.js";
import { act, dueCell } from "./desk.js";

export function openHandoff(main, id) {
  const leaving = new AbortController();
  const view = new HandoffView(main, id, leaving.signal);
  view.read();
  return () => leaving.abort();
}

class HandoffView {
  constructor(main, id, signal) {
    this.path = `/handoffs/${encodeURIComponent(id)}`;
    this.signal = signal;
    this.title = el("h1", {}, "Hand-off");
    this.about = el("p", { class: "lead" }, "Loading…");
    this.acts = el("div", { class: "acts" });
    this.card = el("div", { class: "card-points" });
    this.notes = el("section", { class: "notes-beside" });
    fill(
      main,
      el("p", { class: "back" }, el("a", { href: "#/handoffs" }, "← All hand-offs")),
      this.title,
      this.about,
      this.acts,
      this.card,
      this.notes,
    );
  }

  async read() {
    try {
      this.show(await read(this.path, this.signal));
    } catch (error) {
      if (error.name === "AbortError") return;
      const text = error.status === 404 ? "There is no such hand-off." : (error.words ?? error.message);
      fill(this.about, el("span", { class: "problem" }, text));
    }
  }

  show(handoff) {
    this.title.textContent = words.request(handoff.kind);
    const state = [words.desk(handoff.state), handoff.handled_by].filter(Boolean).join(" by ");
    const call = handoff.transfer ? ` · ${words.transfer(handoff.transfer)}` : "";
    fill(this.about, state, call, " · asked ", timeOf(handoff.requested_at), " · promised by ", dueCell(handoff));
    fill(this.acts, may("agent") ? this.actsOn(handoff) : null);
    fill(this.card, handoff.card ? points(handoff.card) : el("p", {}, "The call's record has been deleted."));
    this.showNotes(handoff);
  }

  actsOn(handoff) {
    const open = { waiting: ["Accept", "Refuse", "Done"], accepted: ["Refuse", "Done"], refused: ["Accept"], done: [] };
    const again = () => this.read();
    const steps = open[handoff.state].map((text) =>
      act(text, handoff, `${this.path}/${text.toLowerCase()}`, {}, again),
    );
    const handBack = handoff.state !== "done" && act("Let the agent call", handoff, `${this.path}/hand-back`, {}, again);
    return [steps, handBack, this.wrongMark(handoff)];
  }

  /** What somebody found wrong, or the question what it was. */
  wrongMark({ wrong }) {
    if (wrong) return el("p", { class: "problem" }, `The agent was wrong (${wrong.by}): ${wrong.why}`);
    const why = el("input", { "aria-label": "What was wrong", placeholder: "What was wrong", maxLength: 2000, required: true });
    const submit = (event) => {
      event.preventDefault();
      this.keep(() => write(`${this.path}/wrong`, { why: why.value }, "PUT"), "Marked.");
    };
    return el("form", { class: "mark-wrong", onsubmit: submit }, why, el("button", { type: "submit" }, "The agent was wrong"));
  }

  /** Writes, says how it went, and reads again. */
  async keep(writing, words) {
    try {
      await writing();
      announce(words);
      this.read();
    } catch (error) {
      announce(error.words ?? error.message);
    }
  }

  showNotes(handoff) {
    const list = handoff.notes.map((note) =>
      el("li", {}, el("small", {}, note.written_by, " · ", timeOf(note.at)), el("p", {}, note.text)),
    );
    fill(
      this.notes,
      el("h2", {}, "Notes"),
      list.length > 0 ? el("ul", { class: "notes-list" }, list) : el("p", { class: "quiet" }, "None yet."),
      may("agent") && this.noteForm(),
    );
  }

  noteForm() {
    const text = el("textarea", { id: "note", rows: 3, maxLength: 2000, required: true });
    const submit = (event) => {
      event.preventDefault();
      this.keep(() => write(`${this.path}/notes`, { text: text.value }), "The note is kept.");
    };
    return el(
      "form",
      { class: "note-form", onsubmit: submit },
      el("label", { for: "note" }, "Write a note"),
      text,
      el("button", { type: "submit" }, "Keep"),
    );
  }
}

/** The eight points of the card. */
function points(card) {
  return [
    point("Why", terms([["Because", words.request(card.why.trigger)], ...asked(card.why.asked), ["Mood", card.why.mood && words.word(card.why.mood)], ["Language", card.why.language]])),
    point("Who", terms([
      ["Customer", card.who.customer_name],
      ["Number", card.who.number ?? "withheld"],
      ["Proved", card.who.verification_level && words.verification(card.who.verification_level)],
      ["Wrong answers", card.who.verification_failures || null],
      ["Opted out", card.who.has_opted_out && "wants no automated calls"],
    ])),
    card.order && point("Order", terms([
      ["Order", card.order.order_ref],
      ["Items", card.order.items.map(({ title, quantity }) => (quantity === 1 ? title : `${quantity} × ${title}`)).join(", ")],
      ["Total", `${money(card.order.total)}, ${words.word(card.order.payment).toLowerCase()}`],
      ["Promised for", card.order.promised_by && day(card.order.promised_by)],
      ["Address", card.order.address.join(", ")],
    ])),
    ...card.parcels.map(parcelPoint),
    point("This call", terms([
      ["Outcome", card.this_call.disposition && words.disposition(card.this_call.disposition)],
      ["Summary", card.this_call.summary],
      ["Told", card.this_call.facts_heard.map((fact) => `${words.factName(fact.name)}: ${words.factValue(fact)}`).join("; ")],
      ["Also passed on", card.this_call.passed_on.map((other) => words.request(other.kind)).join(", ")],
    ]), lines(card.this_call.last_lines)),
    card.before.length > 0 && point("Before", el("ul", {}, card.before.map((call) =>
      el("li", {}, el("a", { href: `#/calls/${call.call_id}` }, when(call.started_at)), ` ${words.disposition(call.disposition)}. `, el("small", {}, call.summary)),
    ))),
    point("Next", terms([["Suggested", words.request(card.next.suggestion)], ["Call back", card.next.callback_at && when(card.next.callback_at)]]),
      el("p", {}, el("a", { href: `#/calls/${card.links.call.split("/").at(-1)}` }, "Open the call and its recording"))),
  ];
}

function parcelPoint(parcel) {
  const eta = parcel.eta_from && parcel.eta_to && between(parcel.eta_from, parcel.eta_to);
  const gap = { true: "as usual on this way", false: "longer than usual on this way" }[String(parcel.is_gap_usual)];
  return point("Parcel", terms([
    ["Parcel", `${parcel.carrier} ${parcel.tracking_number}`],
    ["Status", words.status(parcel.status)],
    ["Expected", eta],
    ["Since the last scan", gap],
    ["Failed attempts", parcel.failed_attempts.map(eventWords).join("; ")],
  ]), el("ul", { class: "events" }, parcel.events.map((event) => el("li", {}, eventWords(event)))));
}

function eventWords(event) {
  const reason = event.reason && `(${words.request(event.reason).toLowerCase()})`;
  return [when(event.at), words.status(event.status), event.place, reason].filter(Boolean).join(", ");
}

function asked(details) {
  return details.map(([name, value]) => [words.request(name), value]);
}

function lines(said) {
  const line = ({ role, text, from_ms }) =>
    el("li", {}, el("small", {}, `${callTime(from_ms)} ${role === "agent" ? "Agent" : "Caller"}`), el("p", {}, text));
  return said.length > 0 && el("ul", { class: "last-lines" }, said.map(line));
}

function point(title, ...content) {
  return el("section", { class: "card" }, el("h2", {}, title), ...content);
}

function terms(pairs) {
  const known = pairs.filter(([, value]) => value);
  return el("dl", { class: "terms" }, known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function timeOf(text) {
  return el("time", { datetime: text, title: exactly(text) }, when(text));
}
