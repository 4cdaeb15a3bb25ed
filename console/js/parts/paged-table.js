// A list of the API as a table: newest first, "Show more" while there is more, optionally kept fresh.

import { page } from "../api.js";
import { el, fill } from "../dom.js";
import { table as tableAround, tableBody, tableRow } from "./table.js";

const ROWS = 30;
const FRESH_MS = 4_000;

/**
 * Fills `main` with a heading and the table. `columns` are `[heading, cell(row), class]`; a cell is text or an element.
 * Options: `isFresh` reads the first page again and again; `mark(row)` gives a row a class. Returns the leave function
 * and `reload`.
 */
export function pagedTable(main, { title, lead, path, columns, empty, isFresh = false, mark = () => "" }) {
  const leaving = new AbortController();
  const shape = { caption: title, headings: columns.map(([heading]) => heading), styles: columns.map(([, , style]) => style) };
  const body = tableBody();
  const message = el("p", { class: "quiet empty", role: "status" }, "Loading…");
  const more = el("button", { type: "button", hidden: true, onclick: () => loadMore() }, "Show more");
  const table = tableAround(shape, body);
  table.hidden = true;
  fill(main, el("h1", {}, title), lead && el("p", { class: "lead" }, lead), message, table, more);

  let first = { rows: [], next: null };
  let later = [];
  let next = null;
  let drawn = "";
  let timer = 0;

  const draw = () => {
    const rows = [...first.rows, ...later];
    const version = JSON.stringify(rows);
    more.hidden = !next;
    if (version === drawn) return;
    drawn = version;
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(body, rows.map((row) => tableRow(shape, columns.map(([, cell]) => cell(row)), mark(row))));
    if (focused) body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    table.hidden = rows.length === 0;
    message.hidden = rows.length > 0;
    message.textContent = empty;
  };
  const refresh = async () => {
    clearTimeout(timer);
    try {
      const fresh = await page(path, { limit: ROWS }, leaving.signal);
      // What was read further down stays valid only while the first page has not moved on.
      const hasMoved = JSON.stringify(fresh.rows.map(keyOf)) !== JSON.stringify(first.rows.map(keyOf));
      first = fresh;
      if (hasMoved || later.length === 0) {
        later = [];
        next = fresh.next ?? null;
      }
      message.classList.remove("problem");
      draw();
    } catch (error) {
      fail(error);
    }
    if (isFresh && !leaving.signal.aborted) timer = setTimeout(refresh, FRESH_MS);
  };
  const loadMore = async () => {
    try {
      const following = await page(path, { limit: ROWS, cursor: next }, leaving.signal);
      later.push(...following.rows);
      next = following.next ?? null;
      draw();
    } catch (error) {
      fail(error);
    }
  };
  const fail = (error) => {
    if (error.name === "AbortError") return;
    message.hidden = false;
    message.classList.add("problem");
    message.textContent = error.words ?? error.message;
  };
  refresh();
  return {
    reload: refresh,
    leave: () => {
      leaving.abort();
      clearTimeout(timer);
    },
  };
}

function keyOf(row) {
  return row.id ?? row.order_ref;
}
