//! Scripted conversations.

use super::check;

#[test]
fn tells_where_the_order_is() {
    check(
        "orders in_transit | opened | caller: where is my order | caller: no thanks",
        "looks_up number | greeting_recorded | how_can_i_help | status_in_transit_seen | eta_day_window | nothing_needed \
         | anything_else | closing_eta | ends Finished | outcome STATUS_GIVEN REASSURED | contact RIGHT_PARTY | level V1",
    );
}
