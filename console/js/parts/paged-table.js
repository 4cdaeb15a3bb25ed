// A list of the API as a table: newest first, "Show more" while there is more, optionally kept fresh.

import { page } from "../api.js";
import { el, fill } from "../dom.js";
import { table, tableBody, tableRow } from "./table.js";

const ROWS = 30;
const FRESH_MS = 4_000;

/**
 * A page with a heading and a table. `columns` are `[heading, cell(row), class]`; a cell is text or an element.
 * With `isFresh` the first page is read again and again; `mark(row)` gives a row a class. `filter` narrows the list by
 * one of its `choices`, `[value, words]`, the first to begin with.
 */
export class PagedTable {
  constructor({ title, lead = null, path, filter = null, columns, empty, isFresh = false, mark = () => "" }) {
    Object.assign(this, { title, lead, path, filter, columns, empty, isFresh, mark });
    this.narrowed = filter && { [filter.name]: filter.choices[0][0] };
    this.shape = {
      caption: title,
      headings: columns.map(([heading]) => heading),
      styles: columns.map(([, , style]) => style),
    };
    this.leaving = new AbortController();
    this.first = [];
    this.later = [];
    this.next = null;
    this.drawn = "";
  }

  /** Fills the page and begins to read. */
  open(main) {
    this.body = tableBody();
    this.table = table(this.shape, this.body);
    this.table.hidden = true;
    this.message = el("p", { class: "quiet empty", role: "status" }, "Loading…");
    this.more = el("button", { type: "button", hidden: true, onclick: () => this.readMore() }, "Show more");
    const lead = this.lead && el("p", { class: "lead" }, this.lead);
    fill(main, el("h1", {}, this.title), lead, this.filter && this.choice(), this.message, this.table, this.more);
    this.read();
    return () => this.close();
  }

  /** The choice of what is listed. */
  choice() {
    const options = this.filter.choices.map(([value, text]) => el("option", { value }, text));
    const onchange = (event) => {
      this.narrowed = { [this.filter.name]: event.target.value };
      this.read();
    };
    return el("p", { class: "filter" }, el("label", {}, "Show ", el("select", { onchange }, options)));
  }

  close() {
    this.leaving.abort();
    clearTimeout(this.timer);
  }

  /** Reads the first page, now and, if it is to stay fresh, again after a while. */
  async read() {
    clearTimeout(this.timer);
    try {
      const { rows, next } = await page(this.path, { ...this.narrowed, limit: ROWS }, this.leaving.signal);
      // What was read further down follows on only while the first page has not moved.
      const hasMoved = rows.map(keyOf).join() !== this.first.map(keyOf).join();
      this.first = rows;
      if (hasMoved) {
        this.later = [];
        this.next = next ?? null;
      }
      this.draw();
    } catch (error) {
      this.fail(error);
    }
    if (this.isFresh && !this.leaving.signal.aborted) this.timer = setTimeout(() => this.read(), FRESH_MS);
  }

  async readMore() {
    try {
      const { rows, next } = await page(this.path, { ...this.narrowed, limit: ROWS, cursor: this.next }, this.leaving.signal);
      this.later.push(...rows);
      this.next = next ?? null;
      this.draw();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Draws what has changed, and leaves the focus where it was. */
  draw() {
    const rows = [...this.first, ...this.later];
    this.more.hidden = !this.next;
    this.table.hidden = rows.length === 0;
    this.message.hidden = rows.length > 0;
    this.message.classList.remove("problem");
    this.message.textContent = this.empty;
    const version = JSON.stringify(rows);
    if (version === this.drawn) return;
    this.drawn = version;
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(
      this.body,
      rows.map((row) =>
        tableRow(
          this.shape,
          this.columns.map(([, cell]) => cell(row)),
          this.mark(row),
        ),
      ),
    );
    if (focused) this.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  fail(error) {
    if (error.name === "AbortError") return;
    this.message.hidden = false;
    this.message.classList.add("problem");
    this.message.textContent = error.words ?? error.message;
  }
}

function keyOf(row) {
  return row.id ?? row.order_ref;
}
