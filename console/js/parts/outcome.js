// What came of a call, in words.

import { el } from "../dom.js";
import { lengthOf, milliseconds, when } from "../format.js";
import * as words from "../words.js";

/** The one line that matters. */
export function outcomeHeadline(outcome) {
  return el(
    "div",
    { class: "headline" },
    el("p", { class: "disposition" }, words.disposition(outcome.disposition)),
    outcome.summary && el("p", { class: "summary" }, outcome.summary),
  );
}

/** The record's main fields as a list of terms; `picked_up` is what is kept of who answered a call of ours. */
export function outcomeTerms(outcome, picked_up = null) {
  const terms = [
    ["Connection", words.connection(outcome.connection)],
    ["Picked up", pickedUp(picked_up)],
    ["Contact", words.contact(outcome.contact)],
    ["Verification", `${outcome.verification_level}: ${words.verification(outcome.verification_level)}`],
    ["Also", outcome.secondary.map(words.disposition).join(", ")],
    ["Next step", nextStep(outcome)],
    ["Delivery", deliveryWish(outcome)],
    ["Instruction", outcome.instruction],
    ["Call back", outcome.callback_at && when(outcome.callback_at)],
    ["Passed on", outcome.escalation && `${words.word(outcome.escalation.way)}: ${outcome.escalation.trigger}`],
    ["Opt-out", outcome.opt_out?.requested && "Asked for no more calls"],
    ["Order", outcome.order_ref],
    ["Talk", lengthOf(outcome.talk_ms)],
    ["Recording", words.word(outcome.recording)],
    ["Answer time", latency(outcome.latency_ms)],
  ];
  return el(
    "dl",
    { class: "terms" },
    terms.filter(([, value]) => value).map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))),
  );
}

function pickedUp(kept) {
  if (!kept) return null;
  const { signs, taken_for, truth } = kept;
  const told = signs.map((sign) => `${sign.speaks_for} by ${sign.source} at ${milliseconds(sign.at_ms)}`);
  const taken = taken_for && `taken for ${taken_for.machine} at ${milliseconds(taken_for.at_ms)}`;
  return [truth ?? "nothing told who", taken, ...told].filter(Boolean).join("; ");
}

function nextStep({ next_step, next_step_owner, next_step_due }) {
  if (!next_step) return null;
  const parts = [next_step, next_step_owner && `by ${next_step_owner}`, next_step_due && `due ${when(next_step_due)}`];
  return parts.filter(Boolean).join(", ");
}

function deliveryWish({ delivery_date, window_from, window_to }) {
  if (!delivery_date) return null;
  return [delivery_date, window_from && `${window_from}–${window_to ?? ""}`].filter(Boolean).join(", ");
}

function latency(latency_ms) {
  if (latency_ms?.p50 === null || latency_ms?.p50 === undefined) return null;
  return `half within ${milliseconds(latency_ms.p50)}, 95 of 100 within ${milliseconds(latency_ms.p95)}`;
}
