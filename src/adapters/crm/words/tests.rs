use super::words_of;

#[test]
fn the_vendors_words_are_kept_and_personal_ones_masked() {
    for (body, words) in [
        (
            r#"{"status":"error","message":"Property \"voice_call_id\" does not exist","correlationId":"1-2","category":"VALIDATION_ERROR"}"#,
            "category: VALIDATION_ERROR; Property \"voice_call_id\" does not exist",
        ),
        (
            r#"{"description":"Validation failed","errors":[{"field":"phone","message":"+91 98123 45678 is taken","code":"duplicate_value"}]}"#,
            "Validation failed; code: duplicate_value; field: phone; [number] is taken",
        ),
        (
            r#"[{"message":"No such column 'X__c'","errorCode":"INVALID_FIELD","fields":["X__c"]}]"#,
            "errorCode: INVALID_FIELD; fields: X__c; No such column 'X__c'",
        ),
        (
            r#"{"errors":[{"code":"parameter_invalid","message":"a.rao@example.com exists"}]}"#,
            "code: parameter_invalid; [address] exists",
        ),
        ("<html>\n <h1>502 Bad  Gateway</h1>\u{0}", "<html> <h1>502 Bad Gateway</h1>"),
        ("", ""),
        ("null", ""),
        ("call 98123-45678.", "call [number]."),
        ("order 123456 of 2026", "order 123456 of 2026"),
    ] {
        assert_eq!(words_of(body.as_bytes()), words, "{body}");
    }
    assert_eq!(words_of("é".repeat(2_000).as_bytes()).chars().count(), 300);
    assert_eq!(words_of("[".repeat(100_000).as_bytes()).chars().count(), 300, "deep nesting is no value");
}
