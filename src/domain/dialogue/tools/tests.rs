use jiff::civil::date;

use super::*;

#[test]
fn every_tool_has_a_name_and_a_strict_schema() {
    for (index, tool) in TOOLS.iter().enumerate() {
        assert!(tool.name.len() <= 64 && tool.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        assert!(TOOLS[..index].iter().all(|other| other.name != tool.name), "{} stands twice", tool.name);
        let schema = tool.schema();
        assert_eq!(schema["additionalProperties"], json!(false));
        let properties = schema["properties"].as_object().unwrap();
        let required = schema["required"].as_array().unwrap();
        assert_eq!(properties.len(), tool.arguments.len());
        assert_eq!(required.len(), tool.arguments.len(), "{}: strict schemas require every property", tool.name);
    }
}

#[test]
fn a_tool_that_writes_only_proposes_a_topic_that_is_read_back_or_goes_to_a_person() {
    let proposals: Vec<_> = TOOLS.iter().filter(|tool| tool.effect() == Effect::Proposes).collect();
    assert!(10 < proposals.len());
    for tool in proposals {
        let takes = |name: &str| tool.arguments.iter().any(|argument| argument.name == name);
        let Act::Propose(topic) = tool.act else { panic!("{} proposes nothing", tool.name) };
        assert_eq!(takes("order"), topic.spec().needs_order, "{}", tool.name);
    }
}

#[test]
fn good_calls_become_requests() {
    let order = Some(OrderRef("KH-452719".to_owned()));
    assert_eq!(check_call("list_orders", ""), Ok(ToolRequest::ListOrders));
    assert_eq!(check_call("get_eta", "{}"), Ok(ToolRequest::GetEta { order: None }));
    assert_eq!(check_call("get_status", r#"{"order":null}"#), Ok(ToolRequest::GetStatus { order: None }));
    assert_eq!(
        check_call("get_status", r#"{"order":" KH-452719 "}"#),
        Ok(ToolRequest::GetStatus { order: order.clone() })
    );
    let Ok(ToolRequest::Propose(proposal)) =
        check_call("ask_for_another_day", r#"{"order":"KH-452719","day":"2026-11-24"}"#)
    else {
        panic!("a proposal")
    };
    assert_eq!((proposal.kind(), proposal.order, proposal.day), ("reschedule", order, Some(date(2026, 11, 24))));
    let Ok(ToolRequest::Propose(proposal)) =
        check_call("leave_note_for_driver", r#"{"order":null,"note":"blue gate"}"#)
    else {
        panic!("a proposal")
    };
    assert_eq!(&**proposal.note.unwrap().reveal(), "blue gate");
}

#[test]
fn bad_calls_are_named_and_fed_back() {
    let long = format!(r#"{{"order":null,"note":"{}"}}"#, "é".repeat(NOTE_CHARS_MAX + 1));
    let longer = format!(r#"{{"order":"{}"}}"#, "9".repeat(ARGUMENTS_BYTES_MAX));
    let cases = [
        ("delete_everything", "{}", "no tool has that name"),
        ("get_status", "[]", "not a JSON object"),
        ("get_status", "{\"order\":", "not a JSON object"),
        ("get_status", r#"{"order":null,"force":true}"#, "an argument is unknown; known are: order"),
        ("get_status", r#"{"order":7}"#, "`order` must be a text"),
        ("get_status", r#"{"order":{"a":1}}"#, "`order` must be a text"),
        ("ask_for_another_day", r#"{"order":null}"#, "`day` is missing"),
        ("ask_for_another_day", r#"{"order":null,"day":null}"#, "`day` is missing"),
        ("ask_for_another_day", r#"{"order":null,"day":"tomorrow"}"#, "`day` must be a day"),
        ("ask_for_another_day", r#"{"order":null,"day":"2026-02-30"}"#, "`day` must be a day"),
        ("leave_note_for_driver", r#"{"order":null,"note":"  "}"#, "`note` is missing"),
        ("leave_note_for_driver", long.as_str(), "longer than 200 characters"),
        ("get_status", longer.as_str(), "longer than 4096 bytes"),
    ];
    for (tool, arguments, expected) in cases {
        let error = check_call(tool, arguments).expect_err(expected);
        assert!(error.to_string().contains(expected), "{tool} {arguments}: {error}");
        let fed_back: Value = serde_json::from_str(&error.feedback()).unwrap();
        assert_eq!(fed_back["error"], json!(error.to_string()));
    }
}

proptest::proptest! {
    #[test]
    fn arguments_never_panic(tool in 0..TOOLS.len(), arguments in ".{0,200}") {
        drop(check_call(TOOLS[tool].name, &arguments));
    }
}
