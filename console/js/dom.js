// Elements from plain descriptions. Text always becomes a text node, so nothing a caller says is ever read as HTML.

/**
 * Makes an element. `properties` whose name starts with `on` are listeners, `class` and names with a dash or in
 * `ATTRIBUTES` are attributes, the rest are properties. Children that are null or false are left out.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (ATTRIBUTES.has(name) || name.includes("-")) element.setAttribute(name, value === true ? "" : value);
    else element[name] = value;
  }
  append(element, children);
  return element;
}

const ATTRIBUTES = new Set(["class", "role", "for", "href", "scope", "colspan", "list", "datetime"]);

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces all content of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/** Says something to screen readers without moving the focus. */
export function announce(text) {
  const status = document.getElementById("status");
  if (status.textContent !== text) status.textContent = text;
}
