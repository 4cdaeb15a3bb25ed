// Hash routes: one page at a time, each with its own heading, title and end.

import { el, fill } from "./dom.js";

/**
 * Starts the router. A route is `[pattern, open]`; `open(main, ...groups)` fills the page and may return a function
 * that is called when the page is left.
 */
export function startRouter(routes) {
  const main = document.getElementById("main");
  let leave = null;
  let isFirst = true;

  const show = () => {
    const path = location.hash.replace(/^#/, "") || "/";
    if (!path.startsWith("/")) return; // The skip link.
    leave?.();
    leave = null;
    main.replaceChildren();
    markCurrent(path);
    const found = routes.map(([pattern, open]) => [path.match(pattern), open]).find(([match]) => match);
    if (found) leave = found[1](main, ...found[0].slice(1).map(decodeURIComponent)) ?? null;
    else fill(main, el("h1", {}, "No such page"), el("p", {}, el("a", { href: "#/" }, "To the first page")));
    const heading = main.querySelector("h1");
    document.title = heading ? `${heading.textContent} · doorstep` : "doorstep";
    // After a click on a link the reader's place is the new page; at the start it is the browser's business.
    if (!isFirst && heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst = false;
  };

  addEventListener("hashchange", show);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  show();
  return show;
}

function markCurrent(path) {
  for (const link of document.querySelectorAll(".tabs a")) {
    const target = link.getAttribute("href").slice(1);
    const isHere = target === "/" ? path === "/" : path.startsWith(target);
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
