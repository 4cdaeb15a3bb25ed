// A table that stays a table for screen readers when narrow screens show its rows as blocks.

import { el } from "../dom.js";

/** A table around its body. `headings` and `styles`, the classes, are by column. */
export function table({ caption = null, headings, styles = [] }, body) {
  const heads = headings.map((heading, index) =>
    el("th", { scope: "col", role: "columnheader", class: styles[index] }, heading),
  );
  return el(
    "table",
    { role: "table" },
    caption && el("caption", { class: "hidden" }, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads)),
    body,
  );
}

export function tableBody() {
  return el("tbody", { role: "rowgroup" });
}

export function tableRow({ headings, styles = [] }, cells, style = null) {
  return el(
    "tr",
    { role: "row", class: style },
    cells.map((cell, index) =>
      el("td", { role: "cell", class: styles[index], "data-label": headings[index] }, cell ?? "–"),
    ),
  );
}
