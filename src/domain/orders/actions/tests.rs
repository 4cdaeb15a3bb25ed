use super::{Action, ActionKind, ActionPlan, SourceReach, may_be_answered, plan_actions};
use crate::domain::orders::{DeliveryStatus, Order};
use crate::domain::values::{CallId, Personal};

fn order(status: DeliveryStatus) -> Order {
    let mut order: Order = serde_json::from_str(
        r#"{"order_ref":"2041","placed_at":"2026-11-18T10:04:00Z","customer":{"name":"Asha Rao",
        "phone":"+919845012345"},"total":{"amount_minor":1,"currency":"INR"},"payment":"cod",
        "address":{"lines":[],"city":"Pune","postcode":"411004","country":"IN"},
        "shipments":[{"tracking_number":"T1","carrier":"delhivery","status":"created"}]}"#,
    )
    .unwrap();
    order.shipments[0].status = status;
    order
}

fn shop(may_cancel: bool) -> SourceReach {
    SourceReach {
        name: "shop".to_owned(),
        kinds: ActionKind::ALL.to_vec(),
        carriers: Vec::new(),
        knows_order: true,
        may_cancel,
    }
}

fn carrier(carriers: &[&str]) -> SourceReach {
    SourceReach {
        name: "carrier".to_owned(),
        carriers: carriers.iter().map(|&name| name.to_owned()).collect(),
        ..shop(false)
    }
}

fn planned(asked: &str, status: DeliveryStatus, sources: &[SourceReach]) -> Vec<String> {
    let told = |plan: ActionPlan| {
        let number = plan.tracking_number.map_or(String::new(), |number| format!(" {number}"));
        format!("{} {}{number}", plan.source, plan.kind.as_str())
    };
    plan_actions(asked, true, &order(status), sources).into_iter().map(told).collect()
}

#[test]
fn a_request_becomes_what_its_sources_can_do() {
    use DeliveryStatus::{AttemptFailed, Created, Delivered, InTransit, OutForDelivery};
    let both = [shop(false), carrier(&["Delhivery"])];
    for (asked, status, plan) in [
        ("cod_confirm", Created, &["shop confirm_cod"][..]),
        ("cod_cancel", Created, &["shop mark_cancel_requested"]),
        ("reschedule", AttemptFailed, &["shop write_note", "carrier reschedule T1"]),
        ("reschedule", InTransit, &["shop write_note"]),
        ("available", AttemptFailed, &["shop write_note", "carrier reattempt T1"]),
        ("address_part", AttemptFailed, &["shop mark_address_changed", "carrier edit_address T1"]),
        ("address_change", AttemptFailed, &["shop write_note"]),
        ("refuse_delivery", AttemptFailed, &["shop write_note"]),
        ("delivery_note", Delivered, &["shop write_note"]),
        ("delivery_note", OutForDelivery, &["shop write_note"]),
        ("prepaid_link", Created, &["shop send_payment_link", "shop write_note"]),
        ("complaint", AttemptFailed, &[]),
        ("opt_out_scope", AttemptFailed, &[]),
        ("something new", AttemptFailed, &[]),
    ] {
        assert_eq!(planned(asked, status, &both), plan, "{asked} {status:?}");
    }
}

#[test]
fn nothing_is_cancelled_or_sent_back_unless_the_shop_allows_it() {
    use DeliveryStatus::{AttemptFailed, Created, InTransit};
    let allowed = [shop(true)];
    assert_eq!(planned("cancel", Created, &allowed), ["shop mark_cancel_requested", "shop cancel_order"]);
    assert_eq!(planned("cancel", InTransit, &allowed), ["shop mark_cancel_requested"], "it is on its way");
    let mut back = carrier(&["*"]);
    back.may_cancel = true;
    assert_eq!(planned("refuse_delivery", AttemptFailed, &[back]), ["carrier return_to_shop T1"]);
}

#[test]
fn who_does_not_know_the_order_or_carry_the_parcel_is_not_asked() {
    let stranger = SourceReach { knows_order: false, ..shop(false) };
    let other = carrier(&["bluedart"]);
    assert_eq!(planned("reschedule", DeliveryStatus::AttemptFailed, &[stranger, other]), [""; 0]);
    let unable = SourceReach { kinds: Vec::new(), ..carrier(&["delhivery"]) };
    assert_eq!(planned("reschedule", DeliveryStatus::AttemptFailed, &[unable]), [""; 0]);
}

#[test]
fn an_action_reads_the_details_and_says_them_in_a_sentence() {
    let detail = |name: &str, value: &str| (name.to_owned(), Personal::new(value.to_owned()));
    let details = [
        detail("day", "2026-03-07"),
        detail("window_from", "17:00"),
        detail("window_to", "20:00"),
        detail("note", "behind the temple"),
        detail("phone", "nonsense"),
    ];
    let call = CallId::new(uuid::Uuid::nil());
    let action = Action::new(ActionKind::Reschedule, ("r-1", call), "reschedule", &details);
    assert_eq!(action.day, Some("2026-03-07".parse().unwrap()));
    assert_eq!(action.phone, None);
    assert_eq!(
        action.sentence(),
        "Voice agent: reschedule, day 2026-03-07, 17:00-20:00, \"behind the temple\" (call \
         00000000-0000-0000-0000-000000000000) [request r-1]"
    );
}

#[test]
fn a_caller_waits_for_what_a_carrier_or_a_link_answers_and_for_nothing_else() {
    for asked in ["reschedule", "available", "address_part", "refuse_delivery", "prepaid_link"] {
        assert!(may_be_answered(asked), "{asked}");
    }
    for asked in ["cod_confirm", "cod_cancel", "cancel", "human_callback", "callback", "damage_case", "wrong_number"] {
        assert!(!may_be_answered(asked), "{asked}");
    }
}
