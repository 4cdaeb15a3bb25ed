// The figures of a period, plainly: each with its formula and what it was made of.

import { page as readFigures } from "../api.js";
import { el, fill } from "../dom.js";
import { lengthOf, milliseconds, money } from "../format.js";
import { table, tableBody, tableRow } from "../parts/table.js";

const DAYS = 30;
const DAY_MS = 86_400_000;
const GROUPS = [
  ["", "All customers"],
  ["treated", "Those who are called"],
  ["control", "Those held back for comparison"],
];
const SHAPE = {
  caption: "Figures",
  headings: ["Figure", "Value", "Made of", "How"],
  styles: ["strong", "number", "number", ""],
};
/** From a second on, a time is read more easily as a length. */
const LENGTH_FROM_MS = 10_000;

export function openFigures(main) {
  const leaving = new AbortController();
  const wanted = { from: dayBefore(DAYS - 1), to: dayBefore(0), scenario: "", group: "" };
  const body = tableBody();
  const message = el("p", { class: "quiet", role: "status" }, "Loading…");
  const download = el("a", { download: "figures.csv" }, "Download as a table");
  const show = async () => {
    const query = new URLSearchParams(Object.entries({ ...wanted, format: "csv" }).filter(([, value]) => value));
    download.href = `/api/v1/metrics?${query}`;
    try {
      const told = await readFigures("/metrics", wanted, leaving.signal);
      message.textContent = "";
      fill(body, told.figures.map((figure) => row(figure, told.currency)));
    } catch (error) {
      if (error.name === "AbortError") return;
      fill(body);
      message.textContent = error.words ?? error.message;
    }
  };
  const change = (name) => (event) => {
    wanted[name] = event.target.value.trim();
    show();
  };
  fill(
    main,
    el("h1", {}, "Figures"),
    el("p", { class: "lead" }, "What calls came to. What is not known says why, and is never taken for nothing."),
    el(
      "p",
      { class: "filter" },
      el("label", {}, "From ", el("input", { type: "date", value: wanted.from, onchange: change("from") })),
      el("label", {}, " to ", el("input", { type: "date", value: wanted.to, onchange: change("to") })),
      el("label", {}, " Scenario ", el("input", { placeholder: "O4_FAILED_ATTEMPT", onchange: change("scenario") })),
      el("label", {}, " Of ", el("select", { onchange: change("group") }, GROUPS.map(([value, text]) => el("option", { value }, text)))),
      " ",
      download,
    ),
    message,
    table(SHAPE, body),
  );
  show();
  return () => leaving.abort();
}

function row(figure, currency) {
  return tableRow(SHAPE, [nameOf(figure), valueOf(figure, currency), madeOf(figure), howOf(figure)]);
}

/** "right_party_contact": "Right party contact". */
function nameOf({ name }) {
  const words = name.replaceAll("_", " ");
  return el("span", { "data-figure": name }, words[0].toUpperCase() + words.slice(1));
}

function valueOf({ value, unit }, currency) {
  if (value === null) return el("span", { class: "quiet" }, "not known");
  if (unit === "share") return `${(100 * value).toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;
  if (unit === "ms") return value < LENGTH_FROM_MS ? milliseconds(value) : lengthOf(value);
  if (unit === "minutes") return `${value.toLocaleString()} min`;
  if (unit === "money" && currency) return money({ amount_minor: value, currency });
  return value.toLocaleString(undefined, { maximumFractionDigits: 1 });
}

function madeOf({ numerator, denominator }) {
  if (denominator === null) return "";
  const of = denominator.toLocaleString();
  return numerator === null ? `${of} cases` : `${numerator.toLocaleString(undefined, { maximumFractionDigits: 2 })} of ${of}`;
}

function howOf({ formula, unknown }) {
  return el("span", {}, formula, unknown && el("small", {}, unknown));
}

/** The day so many days ago, by the reader's clock: `2026-11-24`. */
function dayBefore(days) {
  const at = new Date(Date.now() - days * DAY_MS);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
