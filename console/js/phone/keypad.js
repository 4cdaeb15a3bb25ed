// The keypad of a phone, for fingers and for the keyboard.

import { el } from "../dom.js";

const KEYS = [
  ["1", ""],
  ["2", "abc"],
  ["3", "def"],
  ["4", "ghi"],
  ["5", "jkl"],
  ["6", "mno"],
  ["7", "pqrs"],
  ["8", "tuv"],
  ["9", "wxyz"],
  ["*", ""],
  ["0", "+"],
  ["#", ""],
];
/** On a small screen the conversation is worth more than the keys, which are a tap away. */
const ROOMY = "(min-width: 56rem)";

const NAMES = { "*": "Star", "#": "Hash" };

/**
 * Returns `{ element, clear, close }`. Keys pressed anywhere but in a field count as well; `onPress(digit)` says whether
 * a key counted.
 */
export function keypad(onPress) {
  const buttons = new Map();
  const typed = el("output", { class: "typed", "aria-label": "Keys pressed" });
  const press = (digit) => {
    if (!onPress(digit)) return;
    typed.textContent = (typed.textContent + digit).slice(-16);
    const button = buttons.get(digit);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 150);
  };
  const grid = el("div", { class: "keys" });
  for (const [digit, letters] of KEYS) {
    const button = el(
      "button",
      { type: "button", class: "key", "aria-label": NAMES[digit], onclick: () => press(digit) },
      el("span", {}, digit),
      el("small", { "aria-hidden": "true" }, letters || "\u00a0"),
    );
    buttons.set(digit, button);
    grid.append(button);
  }
  const onKey = (event) => {
    const isField = event.target.closest?.("input:not([type=radio]), textarea, select, dialog");
    if (isField || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (buttons.has(event.key)) press(event.key);
  };
  document.addEventListener("keydown", onKey);
  return {
    element: el(
      "details",
      { class: "keypad", open: matchMedia(ROOMY).matches },
      el("summary", {}, "Keypad"),
      typed,
      grid,
    ),
    clear: () => {
      typed.textContent = "";
    },
    close: () => document.removeEventListener("keydown", onKey),
  };
}
