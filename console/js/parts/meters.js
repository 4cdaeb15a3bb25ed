// Who is heard right now: a level for each side, and in words who has the floor.

import { el } from "../dom.js";

/** Speech at a normal distance lies well above this level, an empty room below. */
const SPEAKS_AT = 0.02;

/** A pause this short is still the same speech. */
const HOLD_MS = 500;

/** The quietest level that shows, in decibels below full scale. */
const FLOOR_DB = -60;

const FLOORS = {
  agent: "The agent is speaking",
  caller: "You are speaking",
  thinking: "The agent is thinking",
  open: "Listening",
};

export class Meters {
  constructor() {
    this.floor = el("p", { class: "floor" }, FLOORS.open);
    this.sides = { caller: new Meter("You"), agent: new Meter("Agent") };
    this.element = el("div", { class: "meters" }, this.floor, this.sides.caller.element, this.sides.agent.element);
  }

  /** Takes a level of `caller` or `agent`. Shape: root mean square, 0 to 1. */
  level(side, level) {
    this.sides[side].show(level);
    const speaker = ["agent", "caller"].find((each) => this.sides[each].isSpeaking());
    this.say(speaker ?? this.told ?? "open");
  }

  /** What the server says about the floor. The ear knows better while somebody is heard. */
  tell(floor) {
    this.told = floor;
  }

  say(floor) {
    if (this.shown === floor) return;
    this.shown = floor;
    this.floor.textContent = FLOORS[floor];
    this.floor.dataset.floor = floor;
  }
}

class Meter {
  constructor(name) {
    this.fill = el("span", { class: "fill" });
    this.spokeAt = -Infinity;
    this.element = el(
      "div",
      { class: "meter", "aria-hidden": "true" },
      el("span", {}, name),
      el("span", { class: "track" }, this.fill),
    );
  }

  show(level) {
    if (level >= SPEAKS_AT) this.spokeAt = performance.now();
    const decibels = 20 * Math.log10(Math.max(level, 1e-6));
    this.fill.style.transform = `scaleX(${Math.max(0, Math.min(1, 1 - decibels / FLOOR_DB))})`;
  }

  isSpeaking() {
    return performance.now() - this.spokeAt < HOLD_MS;
  }
}
