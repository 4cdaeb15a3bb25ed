// The list of calls, newest first, kept fresh.

import { el } from "../dom.js";
import { exactly, lengthOf, masked, milliseconds, when } from "../format.js";
import { PagedTable } from "../parts/paged-table.js";
import * as words from "../words.js";

export function openCalls(main) {
  const table = new PagedTable({
    title: "Calls",
    path: "/calls",
    empty: "No calls yet. Call the shop from the first page.",
    isFresh: true,
    mark: (call) => (call.state === "in_progress" ? "live" : ""),
    columns: [
      ["When", whenCell, "strong"],
      ["From", (call) => `${masked(call.direction === "outbound" ? call.to : call.from)}`, "number"],
      ["About", (call) => el("span", {}, words.scenario(call.scenario), el("small", {}, words.word(call.direction)))],
      ["Outcome", outcomeCell],
      ["Length", (call) => call.outcome && lengthOf(call.outcome.talk_ms), "number"],
      ["Answer time", (call) => milliseconds(call.outcome?.latency_ms?.p50), "number"],
    ],
  });
  return table.open(main);
}

function whenCell(call) {
  const href = `#/calls/${encodeURIComponent(call.id)}`;
  return el("a", { href, title: exactly(call.started_at), "data-key": call.id }, when(call.started_at));
}

function outcomeCell(call) {
  if (call.state === "in_progress") return el("span", { class: "badge live" }, "In progress");
  return call.outcome ? words.disposition(call.outcome.disposition) : words.word(call.state);
}
