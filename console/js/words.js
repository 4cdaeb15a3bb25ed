// Every code of the server in plain words: one table for each closed list.

import { day, money } from "./format.js";

const DISPOSITIONS = {
  DELAY_ACKNOWLEDGED: "Knows of the delay and is fine with it",
  STATUS_GIVEN: "Told where the order is",
  REASSURED: "Reassured",
  AVAILABLE_CONFIRMED: "Someone will be there",
  ALREADY_DELIVERED: "Already delivered",
  RESCHEDULED: "New delivery day agreed",
  ALTERNATE_RECIPIENT: "Someone else will take it",
  LEAVE_NEIGHBOUR: "To be left with a neighbour",
  LEAVE_SAFE_PLACE: "To be left in a safe place",
  LEAVE_GUARD: "To be left with the guard",
  PICKUP_POINT: "To a pickup point",
  DELIVERY_NOTE_ADDED: "Note for the rider taken",
  ADDRESS_CONFIRMED: "Address confirmed",
  ADDRESS_CHANGED: "Address changed",
  CONTACT_CHANGED: "Contact changed",
  REATTEMPT_REQUESTED: "Another delivery attempt asked for",
  EXPEDITE_REQUESTED: "Faster delivery asked for",
  HOLD_EXTENDED: "Kept longer for pickup",
  COD_CONFIRMED: "Cash order confirmed",
  COD_CANCELLED: "Cash order cancelled",
  COD_DENIED_NOT_MINE: "Says they did not order it",
  COD_UNCONFIRMED: "Cash order not confirmed",
  PREPAID_LINK_SENT: "Payment link sent",
  PREPAID_PAID: "Paid in advance",
  REFUND_STATUS_GIVEN: "Told about the refund",
  REFUND_REQUESTED: "Refund asked for",
  CANCEL_REQUESTED: "Cancellation asked for",
  CANCELLED: "Cancelled",
  DELIVERY_REFUSED: "Will not take the delivery",
  RETURN_REQUESTED: "Return asked for",
  ATTEMPT_DISPUTED: "Says nobody came",
  NOT_RECEIVED_CLAIM: "Says it never arrived",
  DAMAGE_CLAIM: "Says it is damaged",
  WRONG_ITEM_CLAIM: "Says it is the wrong item",
  MISSING_ITEM_CLAIM: "Says something is missing",
  TRACE_OPENED: "Search for the parcel begun",
  COMPLAINT: "Complaint taken",
  CALLBACK_SCHEDULED: "Will be called back",
  MESSAGE_LEFT_WITH_PERSON: "Message left with someone",
  NO_DECISION: "Nothing decided",
  ESCALATED_LIVE: "Put through to a person",
  ESCALATED_CALLBACK: "A person will call back",
  ESCALATED_TICKET: "Passed to a person",
  ESCALATION_FAILED: "Could not reach a person",
  OPTED_OUT: "Wants no more calls",
  PRIVACY_REQUEST: "Privacy request taken",
  ABUSE_ENDED: "Ended because of abuse",
  EMERGENCY: "Emergency",
  NOT_UNDERSTOOD: "Not understood",
  TECHNICAL_FAILURE: "Technical fault",
  CALL_DROPPED: "Line lost",
};

const CONNECTIONS = {
  ANSWERED_HUMAN: "A person answered",
  ANSWERED_SCREENER: "A call screener answered",
  VOICEMAIL_LEFT: "Voicemail left",
  VOICEMAIL_NO_MESSAGE: "Voicemail, no message left",
  MAILBOX_FULL: "Mailbox full",
  NO_ANSWER: "No answer",
  BUSY: "Busy",
  REJECTED: "Rejected",
  INVALID_NUMBER: "Not a valid number",
  NOT_IN_SERVICE: "Number not in service",
  NETWORK_FAILED: "Network failed",
  CARRIER_BLOCKED: "Blocked by the phone network",
  SUPPRESSED_QUIET_HOURS: "Not called: quiet hours",
  SUPPRESSED_OPT_OUT: "Not called: wants no calls",
  SUPPRESSED_CAP: "Not called: called often enough",
  SUPPRESSED_NO_CONSENT: "Not called: no consent",
  SUPPRESSED_OVERTAKEN: "Not called: no longer needed",
  SUPPRESSED_NO_DATA: "Not called: nothing to say",
  ABANDONED_BY_US: "Abandoned by us",
  INBOUND_ANSWERED: "Answered",
  INBOUND_ABANDONED: "Caller gone before the first word",
  FAX_OR_MODEM: "Fax or modem",
  IVR: "A phone menu answered",
};

const CONTACTS = {
  RIGHT_PARTY: "The customer",
  HOUSEHOLD_MEMBER: "Someone of the household",
  THIRD_PARTY: "Someone else",
  WRONG_NUMBER: "Wrong number",
  IDENTITY_FAILED: "Could not prove who they are",
  IDENTITY_REFUSED: "Would not say who they are",
  UNKNOWN: "Not known",
  MINOR: "A child",
  HUNG_UP_EARLY: "Hung up early",
};

const VERIFICATIONS = {
  V0: "Nothing known",
  V1: "Known number",
  V2: "Known number and a detail only they know",
  V3: "One-time code",
};

const STATUSES = {
  created: "Packed, not picked up yet",
  in_transit: "On its way",
  customs: "At the border",
  delayed: "Held up, still moving",
  at_local_depot: "In the customer's town",
  out_for_delivery: "Out for delivery",
  attempt_failed: "Could not be handed over",
  ready_for_pickup: "Ready to be collected",
  exception: "On hold",
  damaged: "Damaged",
  lost: "Lost",
  returning_to_sender: "Going back to the shop",
  returned_to_sender: "Back at the shop",
  delivered: "Delivered",
  cancelled: "Cancelled",
  unknown: "No news",
};

const SCENARIOS = {
  O1: "Order delayed",
  O2: "Out for delivery",
  O3: "Cash order confirmation",
  O4: "Failed attempt",
  O5: "Delivery exception",
  O6: "High-value order",
  O7: "Tracking has not moved",
  O8: "Pickup ready",
  O9: "Part of the order",
  O10: "About to be returned",
  O11: "After delivery",
  O12: "Promised callback",
  I1: "Where is my order?",
};

const OTHERS = {
  in_progress: "In progress",
  ended: "Ended",
  interrupted: "Interrupted",
  inbound: "Incoming",
  outbound: "Outgoing",
  waiting: "Waiting",
  leased: "Being sent",
  given_up: "Given up",
  cod: "Cash on delivery",
  prepaid: "Paid in advance",
  on: "Recorded",
  off: "Not recorded",
  stopped_on_objection: "Stopped because the caller objected",
};

const DESK = {
  waiting: "Waiting",
  accepted: "Taken on",
  refused: "Refused",
  done: "Done",
};

const TRANSFERS = {
  moving: "Being put on hold",
  ringing: "On hold, somebody is rung",
  briefing: "On hold, somebody is told",
  joining: "Being joined",
  returning: "Coming back",
  with_person: "Put through",
  back: "Nobody took the call",
  apologised: "Nobody took the call, told so",
  customer_left: "Hung up on hold",
  unclear: "Put through, not certain",
  lost: "Lost on hold",
};

const REQUESTS = {
  alternate_recipient: "Someone else to take it",
  call_before: "Call before delivery",
  callback: "Call back at a time",
  human_callback: "A person to call back",
  language_callback: "A call back in another language",
  not_received_case: "Says it never arrived",
  damage_case: "Says it is damaged",
  wrong_item_case: "Says it is the wrong item",
  missing_item_case: "Says something is missing",
  attempt_disputed: "Says nobody came",
  not_ordered: "Says they did not order it",
  urgent_need: "Needs it urgently",
  privacy_request: "Privacy request",
};

const FACTS = {
  amount: "Amount",
  attempt_day: "Tried on",
  delivered_day: "Delivered on",
  delivered_time: "Delivered at",
  eta_day: "Expected",
  eta_from_day: "Expected from",
  eta_to_day: "Expected until",
  eta_window: "Expected between",
  first_day: "First order placed on",
  first_item: "Item of the first order",
  item: "Item",
  last_digits: "Order number ends in",
  last_scan_day: "Last seen on",
  last_scan_place: "Last seen in",
  last_scan_time: "Last seen at",
  more_items: "More items",
  out_day: "Out for delivery since",
  parcels: "Parcels",
  pickup_place: "To be collected from",
  place_left: "Left at",
  promised_day: "Promised for",
  reason: "Reason",
  returned_day: "Back at the shop since",
  second_day: "Second order placed on",
  second_item: "Item of the second order",
  state: "Status",
  third_day: "Third order placed on",
  third_item: "Item of the third order",
  usual_gap: "Usually no news for",
};

export const disposition = lookUp(DISPOSITIONS);
export const connection = lookUp(CONNECTIONS);
export const contact = lookUp(CONTACTS);
export const verification = lookUp(VERIFICATIONS);
export const status = lookUp(STATUSES);
export const word = lookUp(OTHERS);
export const desk = lookUp(DESK);
export const transfer = lookUp(TRANSFERS);
export const request = lookUp(REQUESTS);
export const factName = lookUp(FACTS);

/** The value of a fact: days and codes as people read them, anything else as it is. */
export function factValue({ name, value }) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value);
  if (/^\d{2}:\d{2}-\d{2}:\d{2}$/.test(value)) return value.replace("-", " – ");
  if (name === "state") return status(value.replace(/^state_/, ""));
  if (name === "reason") return plain(value.replace(/^reason_/, ""));
  const amount = name === "amount" && /^(-?\d+) ([A-Z]{3})$/.exec(value);
  return amount ? money({ amount_minor: Number(amount[1]), currency: amount[2] }) : value;
}

/** `I1_ORDER_STATUS` is known by its first part. */
export function scenario(code) {
  return SCENARIOS[code?.split("_")[0]] ?? plain(code);
}

function lookUp(table) {
  return (code) => table[code] ?? plain(code);
}

/** A code no table knows: `SOME_CODE` becomes "Some code". */
function plain(code) {
  if (!code) return "–";
  const text = String(code).replaceAll("_", " ").toLowerCase();
  return text[0].toUpperCase() + text.slice(1);
}
