// What was sent to which system, and what was given up.

import { write } from "../api.js";
import { announce, el } from "../dom.js";
import { exactly, when } from "../format.js";
import { may } from "../session.js";
import { PagedTable } from "../parts/paged-table.js";
import * as words from "../words.js";

export function openDeliveries(main) {
  const table = new PagedTable({
    title: "Deliveries",
    lead: "Outcomes on their way to the shop's other systems.",
    path: "/deliveries",
    empty: "Nothing to deliver yet. Set up a connector to receive outcomes.",
    isFresh: true,
    columns: deliveryColumns(() => table.read()),
  });
  return table.open(main);
}

/** The columns of a delivery; `onRetried` is called after one was put back in the queue. */
function deliveryColumns(onRetried) {
  return [
    ["Created", createdCell, "strong"],
    ["To", (delivery) => delivery.connector],
    ["State", (delivery) => stateCell(delivery)],
    ["Attempts", (delivery) => String(delivery.attempts), "number"],
    ["Last error", (delivery) => delivery.last_error],
    ["", (delivery) => retryCell(delivery, onRetried)],
  ];
}

function createdCell(delivery) {
  const href = `#/calls/${encodeURIComponent(delivery.call_id)}`;
  return el("a", { href, title: exactly(delivery.created_at), "data-key": delivery.id }, when(delivery.created_at));
}

export function stateCell(delivery) {
  const isDue = delivery.state === "waiting" && delivery.next_attempt_at && delivery.attempts > 0;
  return el(
    "span",
    { class: `badge ${delivery.state}` },
    words.word(delivery.state),
    isDue && el("small", {}, `again ${when(delivery.next_attempt_at)}`),
  );
}

function retryCell(delivery, onRetried) {
  if (delivery.state !== "given_up" || !may("agent")) return "";
  const button = el("button", { type: "button", "data-key": `retry-${delivery.id}` }, "Retry");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await write(`/deliveries/${encodeURIComponent(delivery.id)}/retry`);
      announce("The delivery is back in the queue.");
    } catch (error) {
      announce(error.words ?? error.message);
      button.disabled = false;
    }
    onRetried();
  });
  return button;
}
