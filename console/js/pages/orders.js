// The orders the agent is grounded in.

import { el } from "../dom.js";
import { between, money, when } from "../format.js";
import { PagedTable } from "../parts/paged-table.js";
import * as words from "../words.js";

export function openOrders(main) {
  const table = new PagedTable({
    title: "Orders",
    lead: "Everything the agent says about a parcel comes from here.",
    path: "/orders",
    empty: "No orders yet. Import some with doorstep import orders.",
    columns: [
      ["Order", (order) => order.order_ref, "strong"],
      ["Customer", (order) => el("span", {}, order.customer.name, el("small", {}, order.address.city))],
      ["Items", (order) => order.items.map(itemWords).join(", ")],
      ["Parcel", parcelCell],
      ["Total", (order) => el("span", {}, money(order.total), el("small", {}, words.word(order.payment))), "number"],
    ],
  });
  return table.open(main);
}

function itemWords({ title, quantity }) {
  return quantity === 1 ? title : `${quantity} × ${title}`;
}

function parcelCell(order) {
  if (order.shipments.length === 0) return "Not sent yet";
  return order.shipments.map((shipment) =>
    el("div", {}, words.status(shipment.status), el("small", {}, newsOf(shipment))),
  );
}

function newsOf(shipment) {
  const latest = shipment.events.at(-1);
  if (shipment.eta_from && shipment.eta_to) return `Expected ${between(shipment.eta_from, shipment.eta_to)}`;
  if (!latest) return shipment.carrier;
  return [latest.place, when(latest.at)].filter(Boolean).join(", ");
}
