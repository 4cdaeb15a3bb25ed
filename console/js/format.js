// Times, lengths, numbers and money, as people write them.

const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** "Today, 14:05", "Yesterday, 9:12", "Tue 3 Nov, 18:00". */
export function when(text, now = new Date()) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return "–";
  return `${dayWord(at, now)}, ${CLOCK.format(at)}`;
}

function dayWord(at, now) {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === -1) return "Yesterday";
  if (days === 1) return "Tomorrow";
  return DAY.format(at);
}

function startOfDay(at) {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}

/** A day without a time, such as `2026-11-03`: "Tue 3 Nov". */
export function day(text) {
  return DAY.format(new Date(`${text}T00:00`));
}

/** The whole date and time, for a tooltip. */
export function exactly(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? "" : FULL.format(at);
}

/** "Tomorrow, 14:00 – 18:00". */
export function between(from, to, now = new Date()) {
  return `${when(from, now)} – ${CLOCK.format(new Date(to))}`;
}

/** A place in a call: "0:07", "12:30". */
export function callTime(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A length: "48 s", "3 min 05 s". */
export function lengthOf(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

export function milliseconds(ms) {
  return ms === null || ms === undefined ? "–" : `${Math.round(ms).toLocaleString()} ms`;
}

/** A phone number without its middle: "+9198•••••345". */
export function masked(number) {
  if (!number) return "withheld";
  if (number.length < 9) return number;
  return number.slice(0, 5) + "•".repeat(number.length - 8) + number.slice(-3);
}

export function money({ amount_minor, currency }) {
  try {
    const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
    return format.format(amount_minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  } catch {
    return `${amount_minor} ${currency}`;
  }
}
