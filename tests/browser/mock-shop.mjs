// What the stand-in server knows: the demonstration shop's orders, one scripted call, a past of calls and deliveries.

import { readFileSync } from "node:fs";

const SHOP = new URL("../../config/demo-shop.jsonl", import.meta.url);
const HOUR_MS = 3_600_000;

/** The demonstration shop; its relative days and hours are taken in UTC, which is near enough to look at. */
export function orders() {
    const text = readFileSync(SHOP, "utf8").replaceAll(
        /"@(day|hour)([+-]\d+)?(?:T(\d\d:\d\d))?[^"]*"/g,
        (_, unit, count, time) => {
            const at = new Date(Date.now() + Number(count ?? 0) * (unit === "day" ? 24 : 1) * HOUR_MS);
            const iso = at.toISOString();
            if (unit === "hour") return JSON.stringify(iso);
            return JSON.stringify(time ? `${iso.slice(0, 10)}T${time}:00Z` : iso.slice(0, 10));
        },
    );
    return text
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
}

const line = (role, text, from_ms, to_ms, heard = "whole") => ({ role, text, from_ms, to_ms, heard });
const fact = (name, value, event, heard_at_ms) => ({
    name,
    value,
    source: `order KH-452719, shipment 1${event}`,
    heard_at_ms,
});
const turn = (caller_ended_ms, recognised, understood, audio) => ({
    caller_ended_ms,
    recognised_ms: caller_ended_ms + recognised,
    understood_ms: understood === null ? null : caller_ended_ms + understood,
    first_audio_ms: audio === null ? null : caller_ended_ms + audio,
});

const LINES = [
    line(
        "agent",
        "Hello, this is the automated assistant of Kora Home. This call is recorded. How can I help with your order?",
        180,
        5_200,
        "part",
    ),
    line("caller", "hi where is my pressure cooker it was supposed to be here by now", 4_900, 8_100),
    line("agent", "I can look that up. To make sure I talk to the right person, what is your postcode?", 8_640, 12_300),
    line("caller", "five six double zero three four", 13_000, 15_400),
    line(
        "agent",
        "Thank you, Asha. Your pressure cooker was last seen in Nagpur yesterday evening and is still moving. It is expected tomorrow between two and six. You don't need to do anything.",
        16_050,
        25_900,
    ),
    line("caller", "ok thank you bye", 26_800, 28_000),
    line("agent", "You're welcome. Goodbye.", 28_600, 29_900),
];
const FACTS = [
    fact("last_scan_place", "Nagpur hub", ", event 3", 19_200),
    fact("eta_window", "14:00-18:00", "", 23_800),
];
const TURNS = [turn(8_100, 210, 250, 540), turn(15_400, 330, 352, 650), turn(28_000, 240, 262, 600)];

const OUTCOME = {
    schema: "delivery_call_outcome/1",
    call_id: "",
    attempt_no: 1,
    campaign_id: null,
    direction: "inbound",
    scenario: "I1_ORDER_STATUS",
    trigger_event_id: null,
    shop_id: "kora-home",
    customer_ref: null,
    order_ref: "KH-452719",
    shipment_refs: ["DEL123456789"],
    to_number_e164: null,
    from_number_e164: "+919845012345",
    callee_timezone: "Asia/Kolkata",
    language: "en-IN",
    ended_at: new Date().toISOString(),
    talk_ms: 29_900,
    connection: "INBOUND_ANSWERED",
    contact: "RIGHT_PARTY",
    verification_level: "V2",
    verification_failures: 0,
    disposition: "STATUS_GIVEN",
    secondary: ["REASSURED"],
    delivery_date: null,
    window_from: null,
    window_to: null,
    instruction: null,
    callback_at: null,
    escalation: null,
    opt_out: { requested: false, scope: null },
    ai_disclosed_at_ms: 900,
    recording: "on",
    sentiment: "worried",
    csat: null,
    summary:
        "The caller asked where their order is. It was last seen in Nagpur and is expected tomorrow between two and six.",
    next_step: "deliver as planned",
    next_step_owner: "carrier",
    next_step_due: null,
    policy_version: "1",
    script_version: "1",
    model_versions: { asr: "a", nlu: "n", tts: "t" },
    latency_ms: { p50: 600, p95: 650 },
};

const CALL = {
    direction: "inbound",
    provider: "browser",
    scenario: "I1_ORDER_STATUS",
    from: "+919845012345",
    to: null,
    transcript: LINES,
    facts: FACTS,
    turns: TURNS,
};

/** What happens in a call, by the clock of the call. `hz` is the agent's tone from then on, 0 for silence. */
function steps() {
    const spoken = LINES.flatMap((each) => {
        if (each.role === "agent") {
            return [
                { at: each.from_ms, change: { kind: "line", line: { ...each, to_ms: each.from_ms, heard: "part" } }, hz: 220 },
                { at: each.to_ms, change: { kind: "line", line: each }, hz: 0 },
            ];
        }
        const words = each.text.split(" ");
        const guesses = words.map((_, index) => ({
            at: each.from_ms + ((each.to_ms - each.from_ms) * (index + 1)) / words.length,
            change: { kind: "hearing", text: words.slice(0, index + 1).join(" ") },
        }));
        return [...guesses, { at: each.to_ms + 200, change: { kind: "line", line: each } }];
    });
    const facts = FACTS.map((each) => ({ at: each.heard_at_ms, change: { kind: "fact", fact: each } }));
    const turns = TURNS.flatMap((each, index) => [
        { at: each.understood_ms, change: { kind: "turn", index, turn: { ...each, first_audio_ms: null } } },
        { at: each.first_audio_ms, change: { kind: "turn", index, turn: each } },
    ]);
    return [...spoken, ...facts, ...turns, { at: 30_500, change: { kind: "hang_up" } }].sort((a, b) => a.at - b.at);
}

export const script = { call: CALL, outcome: OUTCOME, steps: steps() };

const PAST = [
    ["STATUS_GIVEN", 61_000, 640],
    ["RESCHEDULED", 84_500, 710],
    ["ESCALATED_CALLBACK", 122_000, 590],
    ["CALL_DROPPED", 9_100, null],
    ["ATTEMPT_DISPUTED", 98_200, 820],
    ["OPTED_OUT", 22_000, 610],
];

/** Some past, the newest first; the first is the scripted call, the second is in progress. */
export function calls() {
    const ended = Array.from({ length: 70 }, (_, index) => {
        const [disposition, talk_ms, p50] = PAST[index % PAST.length];
        const started = Date.now() - (index + 1) * 2.7 * HOUR_MS;
        const outcome = {
            ...OUTCOME,
            disposition,
            talk_ms,
            latency_ms: { p50, p95: p50 && p50 * 1.6 },
            call_id: `call-${index}`,
        };
        return {
            ...CALL,
            id: `call-${index}`,
            state: "ended",
            outcome,
            from: index % 5 === 3 ? null : CALL.from,
            started_at: new Date(started).toISOString(),
            ended_at: new Date(started + talk_ms).toISOString(),
        };
    });
    ended[3].transcript = [
        { ...LINES[0], heard: "part" },
        { ...LINES[2], heard: "none" },
    ];
    ended[3].facts = [];
    ended[3].turns = [turn(4_000, 300, null, null)];
    const live = {
        ...CALL,
        id: "call-live",
        state: "in_progress",
        outcome: null,
        ended_at: null,
        started_at: new Date().toISOString(),
    };
    return [live, ...ended];
}

export function deliveries() {
    const states = [
        ["waiting", 2, "connector is unavailable, retry later"],
        ["delivered", 1, null],
        ["given_up", 12, "connector rejected the record: unknown field"],
        ["delivered", 1, null],
    ];
    return Array.from({ length: 12 }, (_, index) => {
        const [state, attempts, last_error] = states[index % states.length];
        const created = Date.now() - index * 2.7 * HOUR_MS;
        return {
            id: `delivery-${index}`,
            call_id: `call-${index}`,
            connector: "crm-webhook",
            idempotency_key: `call-call-${index}`,
            state,
            attempts,
            next_attempt_at: state === "waiting" ? new Date(Date.now() + 60_000).toISOString() : null,
            last_error,
            created_at: new Date(created).toISOString(),
        };
    });
}

const KINDS = [
    ["human_callback", "callback", "waiting"],
    ["damage_case", "ticket", "accepted"],
    ["callback", null, "waiting"],
    ["not_received_case", "ticket", "done"],
    ["reschedule", null, "waiting"],
];

/** What callers asked for; every second one is late. */
export function requests() {
    return Array.from({ length: 15 }, (_, index) => {
        const [kind, way, state] = KINDS[index % KINDS.length];
        const asked = Date.now() - (index + 1) * 1.3 * HOUR_MS;
        const due = asked + (index % 2 === 0 ? 4 : 1) * HOUR_MS;
        return {
            id: `request-${index}`,
            call_id: `call-${index}`,
            kind,
            way,
            order_ref: index % 4 === 3 ? null : "KH-452719",
            details: [["note", "the box is wet and the lid is broken"]],
            requested_at: new Date(asked).toISOString(),
            due_at: new Date(due).toISOString(),
            state,
            handled_by: state === "waiting" ? null : "helpdesk",
            changed_at: null,
            promise: state === "done" ? "kept" : "open",
            settled_at: null,
            is_overdue: state !== "done" && due < Date.now(),
            notes: [],
        };
    });
}

/** What a person sees of a request. */
export function card(request) {
    const [order] = orders();
    const at = new Date(Date.now() - 20 * HOUR_MS).toISOString();
    const event = { at, status: "attempt_failed", place: "Bengaluru south depot", reason: "CUSTOMER_NOT_AVAILABLE" };
    return {
        why: { trigger: request.kind, asked: request.details, mood: "annoyed", language: "en-IN" },
        who: {
            customer_name: "Asha Rao",
            number: "+919845012345",
            verification_level: "V2",
            verification_failures: 1,
            has_opted_out: false,
        },
        order: {
            order_ref: order.order_ref,
            placed_at: order.placed_at,
            items: order.items,
            total: order.total,
            payment: order.payment,
            promised_by: "2026-11-23",
            address: ["Flat 12, Lake View", "Bengaluru", "KA", "560034"],
        },
        parcels: [
            {
                tracking_number: "DEL123456789",
                carrier: "delhivery",
                status: "attempt_failed",
                eta_from: null,
                eta_to: null,
                events: [event],
                failed_attempts: [event],
                is_gap_usual: true,
            },
        ],
        this_call: {
            summary: OUTCOME.summary,
            disposition: "DAMAGE_CLAIM",
            last_lines: LINES.slice(-4),
            facts_heard: FACTS,
            passed_on: [],
        },
        before: [{ call_id: "call-7", started_at: at, disposition: "STATUS_GIVEN", summary: OUTCOME.summary }],
        next: { suggestion: request.kind, due_at: request.due_at, is_overdue: request.is_overdue, callback_at: null },
        links: {
            call: `/api/v1/calls/${request.call_id}`,
            live: `/api/v1/calls/${request.call_id}/events`,
            recording: null,
            order: `/api/v1/orders/${order.order_ref}`,
        },
    };
}

/** Figures of a period: one that is known, one that is not. */
export function figures() {
    const figure = { numerator: null, denominator: null, unknown: null };
    return {
        currency: "INR",
        figures: [
            { ...figure, name: "containment", unit: "share", value: 0.8125, numerator: 65, denominator: 80, formula: "contained ÷ conversations" },
            { ...figure, name: "wismo_volume", unit: "count", value: null, formula: "tickets + conversations", unknown: "no tickets" },
        ],
    };
}
