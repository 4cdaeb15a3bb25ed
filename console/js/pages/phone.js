// The first page: call the shop from the browser, and watch what it hears, says and decides.

import { el, fill } from "../dom.js";
import { keypad } from "../phone/keypad.js";
import { Line } from "../phone/line.js";
import { CallerPicker, crib } from "../parts/caller-picker.js";
import { LiveConversation } from "../parts/live-conversation.js";
import { Meters } from "../parts/meters.js";
import { callTime } from "../format.js";

const CLOCK_MS = 500;

export function openPhone(main) {
  const phone = new Phone(main);
  return () => phone.close();
}

class Phone {
  constructor(main) {
    this.leaving = new AbortController();
    this.picker = new CallerPicker();
    this.caller = el("div", { class: "caller", hidden: true });
    this.keypad = keypad((digit) => this.press(digit));
    this.button = el("button", { type: "button", class: "call", onclick: () => this.toggle() });
    this.state = el("p", { class: "state", role: "status" });
    this.clock = el("p", { class: "clock", "aria-hidden": "true" });
    this.live = el("div", { class: "line-state", hidden: true });
    this.conversation = new LiveConversation();
    fill(
      main,
      el("h1", {}, "Call the shop"),
      el("p", { class: "lead" }, "Talk to the agent as one of the shop's customers. Ask where your order is."),
      el(
        "div",
        { class: "phone" },
        el(
          "section",
          { class: "card handset", "aria-label": "Phone" },
          this.picker.element,
          this.caller,
          this.live,
          this.button,
          this.state,
          this.keypad.element,
        ),
        el("section", { class: "talk", "aria-label": "This call" }, this.conversation.element),
      ),
    );
    this.rest("");
    this.picker.load(this.leaving.signal);
  }

  toggle() {
    if (this.line && !this.line.isOver) this.line.hangUp();
    else this.call();
  }

  call() {
    const customer = this.picker.chosen();
    this.line?.abandon();
    this.meters = new Meters();
    this.keypad.clear();
    this.conversation.begin();
    fill(this.caller, crib(customer));
    fill(this.live, this.clock, this.meters.element);
    const line = new Line({
      onState: (state, text) => this.line === line && this.onState(state, text),
      onEvent: (name, body) => this.line === line && this.onEvent(name, body),
      onCallerLevel: (level) => this.meters.level("caller", level),
      onAgentLevel: (level) => this.meters.level("agent", level),
    });
    this.line = line;
    line.call(customer?.phone ?? null);
  }

  onState(state, text) {
    const isCalling = state === "connecting" || state === "talking";
    if (!isCalling) return this.rest(text, state);
    this.picker.element.hidden = true;
    this.caller.hidden = false;
    this.live.hidden = state !== "talking";
    this.setButton("Hang up", "hang-up");
    this.say(text, state);
    if (state === "talking") this.startClock();
  }

  onEvent(name, body) {
    this.conversation.take(name, body, this.line.id);
    if (body.kind === "floor") this.meters.tell(body.floor);
  }

  /** No call: before the first, or after one. */
  rest(text, state = "idle") {
    clearInterval(this.ticking);
    this.picker.element.hidden = false;
    this.caller.hidden = true;
    this.live.hidden = true;
    this.setButton("Call", "");
    this.say(text, state);
    if (this.line?.wasConnected) this.conversation.awaitOutcome();
  }

  say(text, state) {
    this.state.textContent = text;
    this.state.dataset.state = state;
  }

  setButton(text, style) {
    this.button.textContent = text;
    this.button.className = `call ${style}`;
  }

  press(digit) {
    const isTalking = this.line && !this.line.isOver && this.state.dataset.state === "talking";
    if (isTalking) this.line.press(digit);
    return isTalking;
  }

  startClock() {
    const since = performance.now();
    const tick = () => {
      this.clock.textContent = callTime(performance.now() - since);
    };
    clearInterval(this.ticking);
    this.ticking = setInterval(tick, CLOCK_MS);
    tick();
  }

  close() {
    this.leaving.abort();
    clearInterval(this.ticking);
    this.keypad.close();
    this.line?.abandon();
  }
}
