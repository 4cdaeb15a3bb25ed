// The desk as lists: hand-offs, callbacks, promises. One request of a caller, seen from three sides.

import { write } from "../api.js";
import { announce, el } from "../dom.js";
import { exactly, when } from "../format.js";
import { PagedTable } from "../parts/paged-table.js";
import { may } from "../session.js";
import * as words from "../words.js";

const STATES = [
  ["waiting", "Waiting"],
  ["accepted", "Taken on"],
  ["done", "Done"],
  ["refused", "Refused"],
  ["", "All"],
];
const PROMISES = [
  ["open", "Open"],
  ["kept", "Kept"],
  ["missed", "Missed"],
  ["", "All"],
];

export function openHandoffs(main) {
  return requests(main, {
    title: "Hand-offs",
    lead: "What callers asked for that needs a person. Open one to see all that is known.",
    path: "/handoffs",
    choices: STATES,
    columns: [
      ["State", stateCell],
      ["Promised by", dueCell],
    ],
  });
}

export function openCallbacks(main) {
  return requests(main, {
    title: "Callbacks",
    lead: "Callers who were told that they will be called.",
    path: "/callbacks",
    choices: STATES,
    columns: [
      ["State", stateCell],
      ["Promised by", dueCell],
      ["", doneCell],
    ],
  });
}

export function openPromises(main) {
  return requests(main, {
    title: "Promises",
    lead: "Everything callers were told would be passed on, and whether it came true.",
    path: "/promises",
    choices: PROMISES,
    columns: [
      ["Promised by", dueCell],
      ["Came true", (request) => el("span", { class: `badge ${request.promise}` }, words.word(request.promise))],
      ["", settleCell],
    ],
  });
}

/** A list of requests. Each of `columns` after the first two may write, and then has the list read again. */
function requests(main, { title, lead, path, choices, columns }) {
  const again = () => table.read();
  const table = new PagedTable({
    title,
    lead,
    path,
    filter: { name: "state", choices },
    empty: "Nothing here.",
    isFresh: true,
    mark: (request) => (request.is_overdue ? "late" : ""),
    columns: [
      ["Asked", askedCell, "strong"],
      ["For", forCell],
      ...columns.map(([heading, cell]) => [heading, (request) => cell(request, again)]),
    ],
  });
  return table.open(main);
}

function askedCell(request) {
  const href = `#/handoffs/${encodeURIComponent(request.id)}`;
  return el("a", { href, title: exactly(request.requested_at), "data-key": request.id }, when(request.requested_at));
}

function forCell(request) {
  return el("span", {}, words.request(request.kind), request.order_ref && el("small", {}, request.order_ref));
}

function stateCell(request) {
  const by = request.handled_by && el("small", {}, request.handled_by);
  const call = request.transfer && el("small", {}, words.transfer(request.transfer));
  return el("span", { class: `badge ${request.state}` }, words.desk(request.state), by, call);
}

export function dueCell(request) {
  if (!request.due_at) return "–";
  const late = request.is_overdue && el("small", {}, "late");
  return el("time", { datetime: request.due_at, title: exactly(request.due_at) }, when(request.due_at), late && [" ", late]);
}

function doneCell(request, onDone) {
  const isOpen = request.state === "waiting" || request.state === "accepted";
  if (!isOpen || !may("agent")) return "";
  return act("Called", request, `/callbacks/${encodeURIComponent(request.id)}/done`, {}, onDone);
}

function settleCell(request, onSettled) {
  if (request.promise !== "open" || !may("agent")) return "";
  const path = `/promises/${encodeURIComponent(request.id)}/settle`;
  return el(
    "span",
    { class: "acts" },
    act("Kept", request, path, { result: "kept" }, onSettled),
    act("Missed", request, path, { result: "missed" }, onSettled),
  );
}

/** A button that writes, says how it went, and calls `then`. */
export function act(text, request, path, body, then) {
  const button = el("button", { type: "button", "data-key": `${text}-${request.id}` }, text);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await write(path, body);
      announce(`${text}: noted.`);
    } catch (error) {
      announce(error.words ?? error.message);
      button.disabled = false;
    }
    then();
  });
  return button;
}
