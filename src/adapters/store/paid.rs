//! Orders that turn out to be paid in advance, noted at the link that was sent for them: later news of its call.

/// Notes once an order, at the link that was sent last, that it is paid, and tells whoever was told of the call. Of a
/// call that lasts its end tells it.
///
/// Order: under the order's lock.
macro_rules! note_paid {
    ($tx:ident, $order_ref:expr, $at:expr) => {{
        use $crate::adapters::store::sql::commerce as links;
        let at: jiff::Timestamp = $at;
        let request: Option<String> = sqlx::query_scalar(links::NOTE_PAID)
            .bind(&$order_ref.0)
            .bind(at.as_millisecond())
            .fetch_optional(&mut *$tx)
            .await
            .map_err(from_sqlx)?;
        if let Some(request) = request {
            let call: Option<(String, Option<String>)> = sqlx::query_as(links::CALL_OF_REQUEST)
                .bind(&request)
                .fetch_optional(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
            if let Some((call, Some(outcome))) = call {
                let connectors: Vec<String> = sqlx::query_scalar(links::TOLD_OF_CALL)
                    .bind(&call)
                    .bind(format!("call-{call}"))
                    .fetch_all(&mut *$tx)
                    .await
                    .map_err(from_sqlx)?;
                $crate::adapters::store::paid::tell_paid!(
                    $tx,
                    &call,
                    decode_json(&outcome)?,
                    &request,
                    &connectors,
                    at
                );
            }
        }
    }};
}

/// Has connectors told that the order was paid by the link of a call.
macro_rules! tell_paid {
    ($tx:ident, $call:expr, $outcome:expr, $request:expr, $connectors:expr, $at:expr) => {{
        let request: &str = $request;
        let record = encode_json(&$crate::domain::desk::paid_outcome($outcome, request));
        for connector in $connectors {
            sqlx::query($crate::adapters::store::sql::INSERT_DELIVERY)
                .bind(uuid::Uuid::now_v7().to_string())
                .bind($call)
                .bind(connector)
                .bind(format!("{}{request}", $crate::ports::store::PAID_KEY))
                .bind(&record)
                .bind($at.as_millisecond())
                .execute(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
        }
    }};
}

pub(super) use {note_paid, tell_paid};
