// Who the caller is taken for: one of the shop's customers, by the number on their orders, or a withheld number.

import { page } from "../api.js";
import { el, fill } from "../dom.js";
import * as words from "../words.js";

const ORDERS_MAX = 200;
const KEPT = "doorstep.caller";

/** The parcels worth asking about come first. */
const DULL = new Set(["delivered", "cancelled", "returned_to_sender"]);

export class CallerPicker {
  constructor() {
    this.customers = [];
    this.search = el("input", {
      type: "search",
      id: "search",
      placeholder: "Name, order or city",
      autocomplete: "off",
      oninput: () => this.filter(),
    });
    this.choices = el("div", { class: "choices", tabIndex: 0, role: "group", "aria-label": "Customers" });
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    this.element = el(
      "fieldset",
      { class: "picker" },
      el("legend", {}, "Call as"),
      el("label", { for: "search", class: "hidden" }, "Find a customer"),
      this.search,
      this.problem,
      this.choices,
    );
  }

  async load(signal) {
    try {
      const orders = await page("/orders", { limit: ORDERS_MAX }, signal);
      this.customers = customersOf(orders.rows);
      this.problem.hidden = true;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem.hidden = false;
      this.problem.textContent = error.words ?? error.message;
    }
    this.draw();
  }

  draw() {
    const kept = sessionStorage.getItem(KEPT);
    const isKnown = this.customers.some((customer) => customer.phone === kept);
    const chosen = isKnown || kept === "" ? kept : (this.customers[0]?.phone ?? "");
    fill(
      this.choices,
      this.customers.map((customer) => choice(customer.phone, customer.phone === chosen, customerWords(customer))),
      choice("", chosen === "", [el("strong", {}, "Withheld number"), el("small", {}, "The agent asks for the order")]),
    );
    this.filter();
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const label of this.choices.children) label.hidden = !label.textContent.toLowerCase().includes(wanted);
  }

  /** The chosen customer, or null for a withheld number. */
  chosen() {
    const phone = this.choices.querySelector("input:checked")?.value ?? "";
    sessionStorage.setItem(KEPT, phone);
    return this.customers.find((customer) => customer.phone === phone) ?? null;
  }
}

function customersOf(orders) {
  const byPhone = new Map();
  for (const order of orders) {
    const { phone, name } = order.customer;
    const customer = byPhone.get(phone) ?? { phone, name, orders: [] };
    customer.orders.push(order);
    byPhone.set(phone, customer);
  }
  return [...byPhone.values()].sort((a, b) => isDull(a) - isDull(b));
}

function isDull({ orders }) {
  return orders.every((order) => order.shipments.every((shipment) => DULL.has(shipment.status)));
}

function customerWords({ name, orders }) {
  return [
    el("strong", {}, name),
    orders.map((order) =>
      el(
        "small",
        {},
        el("span", { class: "ref" }, order.order_ref),
        " ",
        words.status(order.shipments[0]?.status ?? "created"),
      ),
    ),
    el("span", { class: "hidden" }, orders[0].address.city),
  ];
}

function choice(value, isChecked, content) {
  return el(
    "label",
    { class: "choice" },
    el("input", { type: "radio", name: "caller", value, checked: isChecked }),
    el("span", {}, content),
  );
}

/** What the caller may be asked to prove who they are, so that the demonstration can be won. */
export function crib(customer) {
  if (!customer) {
    return el(
      "p",
      { class: "crib" },
      "You call from a withheld number. Any order number and its postcode will do; see ",
      el("a", { href: "#/orders" }, "Orders"),
      ".",
    );
  }
  const [order] = customer.orders;
  return el(
    "dl",
    { class: "crib terms" },
    [
      ["You are", customer.name],
      ["Postcode", order.address.postcode],
      ["Order", customer.orders.map((each) => each.order_ref).join(", ")],
      ["Bought", order.items.map((item) => item.title).join(", ")],
    ].map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))),
  );
}
